import { join } from 'node:path'
import { programsDirectory, versionOf } from './packaged.ts'
import type { Proxy } from './proxy.ts'

const programs = join(import.meta.dirname, 'programs')
const python = '/usr/bin/python3'
const unknown = 'the test server does not speak it'
const noReload = 'it has no reload: a new version is a new process'

/** Servers that answer by themselves; their versions differ in a header that they answer. */
export function servers(): readonly Proxy[] {
  const shared = { drain: () => ({ signal: { name: 'TERM' } }), own: noReload }
  const go = join(programsDirectory(), 'server')
  const node = `Node ${process.versions.node}`
  const asyncio = `Python ${versionOf(python, '--version')}`
  return [
    {
      ...shared,
      name: 'node',
      what: 'http and http2 of Node',
      versions: { a: `${node}, a`, b: `${node}, b` },
      without: {},
      command: (side, { ports: { http, http2, tcp, dubbo } }) => {
        const words = [join(programs, 'server.ts'), side, ...[http, http2, tcp, dubbo].map(String)]
        return Promise.resolve([process.execPath, ...words])
      },
    },
    {
      ...shared,
      name: 'go',
      what: 'net/http of Go',
      versions: { a: 'net/http, a', b: 'net/http, b' },
      without: { websocket: unknown, dubbo: unknown },
      command: (side, { ports: { http, http2, tcp } }) =>
        Promise.resolve([go, side, ...[http, http2, tcp].map(String)]),
    },
    {
      ...shared,
      name: 'python',
      what: 'asyncio of Python',
      versions: { a: `${asyncio}, a`, b: `${asyncio}, b` },
      without: { http2: unknown, grpc: unknown, websocket: unknown, dubbo: unknown },
      command: (side, { ports: { http, tcp } }) =>
        Promise.resolve([
          ...[python, join(programs, 'server.py'), side],
          ...[http, tcp].map(String),
        ]),
    },
  ]
}
