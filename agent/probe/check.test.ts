import { expect } from 'chai'
import type { AgentProbe } from '../../api/agentConfig.ts'
import { checkOf, isPrivate, portOfProcess } from './check.ts'

const privatePorts = [
  {
    port: 9901,
    slots: { 'proxy-1': 9901, 'proxy-2': 9902 },
    spares: { 'proxy-1': 9903, 'proxy-2': 9904 },
  },
]
const proxy1 = { slot: 'proxy-1', side: 0 }

describe('the port of a probe', () => {
  it('is that of the slot when it is private, and the same for all when it is not', () => {
    expect(portOfProcess(9901, { slot: 'proxy-2', side: 0 }, privatePorts)).to.equal(9902)
    expect(portOfProcess(9901, proxy1, privatePorts)).to.equal(9901)
    expect(portOfProcess(8080, { slot: 'proxy-2', side: 1 }, privatePorts)).to.equal(8080)
    expect(portOfProcess(9901, { slot: 'proxy-1', side: 1 }, privatePorts)).to.equal(9903)
    expect(isPrivate({ httpGet: { port: 9901 } }, privatePorts)).to.equal(true)
    expect(isPrivate({ tcpSocket: { port: 8080 } }, privatePorts)).to.equal(false)
    expect(isPrivate({ exec: { command: ['true'] } }, privatePorts)).to.equal(false)
  })
})

describe('the host of a probe', () => {
  const hosts: readonly (readonly [string, readonly string[], string])[] = [
    ['loopback when nothing is known, as for private ports', [], '127.0.0.1'],
    ['loopback when it listens on all addresses', ['0.0.0.0:80'], '127.0.0.1'],
    ['the IPv6 loopback when it listens on all of those', ['[::]:80'], '::1'],
    ['the address that it listens on alone', ['10.1.2.3:80', '0.0.0.0:8080'], '10.1.2.3'],
    ['an IPv6 address that it listens on alone', ['[fd00::7]:80'], 'fd00::7'],
  ]
  for (const [name, listening, host] of hosts) {
    it(`is ${name}`, () => {
      const check = checkOf({ tcpSocket: { port: 80 } }, proxy1, [], listening)
      expect(check).to.deep.equal({ kind: 'tcp', host, port: 80 })
    })
  }

  it('is the one that the probe names', () => {
    const probe: AgentProbe = {
      httpGet: { port: 80, host: 'example.org', scheme: 'HTTPS', path: '/live' },
    }
    expect(checkOf(probe, proxy1, [], ['0.0.0.0:80'])).to.deep.equal({
      kind: 'http',
      host: 'example.org',
      port: 80,
      path: '/live',
      secure: true,
      headers: {},
    })
  })
})

describe('a probe by gRPC', () => {
  it('goes to the port of the process, for the server as a whole or one service', () => {
    const place = { slot: 'proxy-2', side: 1 }
    const expected = { kind: 'grpc', host: '127.0.0.1', port: 9904 }
    expect(checkOf({ grpc: { port: 9901 } }, place, privatePorts, [])).to.deep.equal({
      ...expected,
      service: '',
    })
    const one = { grpc: { port: 9901, service: 'shop' } }
    expect(checkOf(one, place, privatePorts, [])).to.deep.equal({ ...expected, service: 'shop' })
    expect(isPrivate(one, privatePorts)).to.equal(true)
  })
})

describe('a probe by a program', () => {
  it('runs in the slot of the process', () => {
    expect(checkOf({ exec: { command: ['true'] } }, proxy1, [], [])).to.deep.equal({
      kind: 'exec',
      slot: 'proxy-1',
      command: ['true'],
    })
  })
})
