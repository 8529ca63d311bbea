import { expect } from 'chai'
import type { DrainMethod } from '../v1beta1/sidecarset.ts'
import { sidecarSet, withHandover } from './testing/build.ts'
import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'
import { validateSidecarSet } from './validateSidecarSet.ts'

const PATH = 'spec.containers[0].upgradeStrategy.handover.drain.method'
const drainBy = (method: object) => withHandover({ drain: { method } })

const accepted: Readonly<Record<string, DrainMethod>> = {
  'none, which is SIGTERM': {},
  'Envoy by its admin': { envoy: { adminPort: 9901 } },
  'HAProxy without its socket': { haproxy: {} },
  'HAProxy with its socket': { haproxy: { socket: '/baton/run/proxy/$(BATON_INSTANCE).sock' } },
  nginx: { nginx: {} },
  'MOSN by its sockets': { mosn: { directory: '/baton/run/proxy/$(BATON_INSTANCE)' } },
  'a signal without a name': { signal: {} },
  'a request with a port only': { http: { port: 9000 } },
  'a request in full': { http: { method: 'PUT', port: 9000, path: '/drain?wait=1' } },
  'a program': { exec: { command: ['/bin/drain', '', '$(BATON_PID)'] } },
}

const refused: Refusals = {
  'two ways': [
    drainBy({ envoy: { adminPort: 9901 }, signal: {} }),
    PATH,
    'one way only',
    'keep one of envoy, signal',
  ],
  'an unknown way': [
    drainBy({ caddy: {} }),
    PATH,
    'no drain method caddy',
    'envoy, haproxy, nginx, mosn, signal, http, exec',
  ],
  'an admin port out of range': [
    withHandover({ drain: { method: { envoy: { adminPort: 99999 } } }, privatePorts: [1] }),
    `${PATH}.envoy.adminPort`,
    'is 99999',
  ],
  'a signal that leaves no say': [
    drainBy({ signal: { name: 'SIGKILL' } }),
    `${PATH}.signal.name`,
    'SIGTERM',
  ],
  'a socket that the agent cannot see': [
    drainBy({ haproxy: { socket: '/var/run/haproxy-$(BATON_INSTANCE).sock' } }),
    `${PATH}.haproxy.socket`,
    'below /baton/run',
    '/baton/run/<container>/$(BATON_INSTANCE)',
  ],
  'a socket that two processes would share': [
    drainBy({ haproxy: { socket: '/baton/run/proxy/haproxy.sock' } }),
    `${PATH}.haproxy.socket`,
    'the same one',
  ],
  'sockets of MOSN that two processes would share': [
    drainBy({ mosn: { directory: '/baton/run/proxy' } }),
    `${PATH}.mosn.directory`,
    'BATON_INSTANCE',
  ],
  'sockets of MOSN in no place': [drainBy({ mosn: {} }), `${PATH}.mosn.directory`, 'is not set'],
  'a request by another method': [
    drainBy({ http: { method: 'post', port: 9000 } }),
    `${PATH}.http.method`,
    '"post"',
    'GET, POST, PUT, DELETE',
  ],
  'a request to no port': [drainBy({ http: { path: '/' } }), `${PATH}.http.port`, 'is not set'],
  'a request with a space in its path': [
    drainBy({ http: { port: 9000, path: '/a b' } }),
    `${PATH}.http.path`,
    'percent-encode',
  ],
  'a request with a path that begins with no slash': [
    drainBy({ http: { port: 9000, path: 'drain' } }),
    `${PATH}.http.path`,
    'begin it with /',
  ],
  'no program': [drainBy({ exec: { command: [] } }), `${PATH}.exec.command`, '["/bin/drain"'],
  'a program without a name': [drainBy({ exec: { command: [''] } }), `${PATH}.exec.command`],
  'a command that no line to the launcher can hold': [
    drainBy({ exec: { command: ['sh', '-c', 'x'.repeat(1000)] } }),
    `${PATH}.exec.command`,
    'put a script into the image',
  ],
}

describe('a way to tell the old process to finish', () => {
  for (const [name, method] of Object.entries(accepted)) {
    it(`may be ${name}`, () => {
      expect(validateSidecarSet(sidecarSet(drainBy(method)))).to.deep.equal([])
    })
  }
})

describe('validation of a drain method refuses', () => {
  itRefuses(refused)
})
