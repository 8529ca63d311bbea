import { expect } from 'chai'
import { agentProbe } from './agentProbe.ts'

const ports = [{ name: 'admin', containerPort: 9901 }]

describe('a probe for the agent', () => {
  const cases: Readonly<Record<string, readonly [Parameters<typeof agentProbe>[0], object?]>> = {
    'keeps a number': [{ tcpSocket: { port: 80 } }, { tcpSocket: { port: 80 } }],
    'gets the number of a named port': [
      { httpGet: { path: '/ready', port: 'admin' }, periodSeconds: 2 },
      { httpGet: { path: '/ready', port: 9901 }, periodSeconds: 2 },
    ],
    'keeps gRPC': [
      { grpc: { port: 81, service: 'a' }, failureThreshold: 4 },
      { grpc: { port: 81, service: 'a' }, failureThreshold: 4 },
    ],
    'keeps a command': [{ exec: { command: ['true'] } }, { exec: { command: ['true'] } }],
    'drops what only the kubelet can do': [
      { exec: { command: ['true'] }, terminationGracePeriodSeconds: 3 },
      { exec: { command: ['true'] } },
    ],
    'is none where there is none': [undefined],
    'is none where the port has no number': [{ httpGet: { port: 'other' } }],
    'is none where nothing is asked': [{ periodSeconds: 1 }],
  }
  for (const [name, [probe, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(agentProbe(probe, ports)).to.deep.equal(expected)
    })
  }
})
