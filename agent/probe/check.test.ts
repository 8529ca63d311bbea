import { expect } from 'chai'
import type { AgentProbe } from '../../api/agentConfig.ts'
import { checkOf, isPrivate, portOfSlot } from './check.ts'

const privatePorts = [{ port: 9901, slots: { 'proxy-1': 9901, 'proxy-2': 9902 } }]

describe('the port of a probe', () => {
  it('is that of the slot when it is private, and the same for all when it is not', () => {
    expect(portOfSlot(9901, 'proxy-2', privatePorts)).to.equal(9902)
    expect(portOfSlot(9901, 'proxy-1', privatePorts)).to.equal(9901)
    expect(portOfSlot(8080, 'proxy-2', privatePorts)).to.equal(8080)
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
      const check = checkOf({ tcpSocket: { port: 80 } }, 'proxy-1', [], listening)
      expect(check).to.deep.equal({ kind: 'tcp', host, port: 80 })
    })
  }

  it('is the one that the probe names', () => {
    const probe: AgentProbe = {
      httpGet: { port: 80, host: 'example.org', scheme: 'HTTPS', path: '/live' },
    }
    expect(checkOf(probe, 'proxy-1', [], ['0.0.0.0:80'])).to.deep.equal({
      kind: 'http',
      host: 'example.org',
      port: 80,
      path: '/live',
      secure: true,
      headers: {},
    })
  })
})

describe('a probe that the agent cannot carry out', () => {
  const probes: readonly (readonly [string, AgentProbe])[] = [
    ['exec', { exec: { command: ['true'] } }],
    ['grpc', { grpc: { port: 80 } }],
  ]
  for (const [name, probe] of probes) {
    it(`says so: ${name}`, () => {
      const check = checkOf(probe, 'proxy-1', [], [])
      expect(check).to.have.property('why').that.contains(`${name} probes cannot be carried out`)
    })
  }
})
