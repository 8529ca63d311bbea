import { array, decodeJson, number, object, optional, string } from '../../api/decode.ts'
import { ask } from '../http/ask.ts'
import type { DrainMethod } from './process.ts'
import { expectEnd } from './process.ts'

/** @param adminPort of its configuration; each process has its own in its place */
export function envoyMethod({ adminPort }: { readonly adminPort: number }): DrainMethod {
  return {
    /**
     * Both commands, in this order and at once: `graceful` begins the drain sequence (Connection:
     * close, GOAWAY), which before 1.40 the second alone does not; the second closes the listeners
     * now, without which the old process goes on taking most of the new connections.
     */
    async begin(process, limitSeconds) {
      // Or else a process that has closed its listeners for good looks like one that can serve.
      await expectEnd(process, limitSeconds)
      const port = process.portOf(adminPort)
      await ask({ port, method: 'POST', path: '/drain_listeners?graceful&skip_exit' })
      await ask({ port, method: 'POST', path: '/drain_listeners' })
    },
    async split(process) {
      const path = `/stats?filter=${ACTIVE}&format=json`
      return byProtocol(await ask({ port: process.portOf(adminPort), method: 'GET', path }))
    },
  }
}

/** Nothing else that Envoy tells changes in a drain. */
const ACTIVE = 'downstream_cx_(http[123]_)?active$'

const stats = object({ stats: array(object({ name: optional(string), value: optional(number) })) })

/**
 * Open connections of clients by protocol. `http` are those of a listener for HTTP on which nothing
 * has come yet, `tcp` those of listeners for anything else. Errors: DecodeError.
 */
export function byProtocol(text: string): Readonly<Record<string, number>> {
  const rows = decodeJson(stats, text, 'stats').stats
  const sumOf = (isMeant: (name: string) => boolean): number =>
    rows.reduce((sum, { name, value }) => {
      return name !== undefined && isMeant(name) ? sum + (value ?? 0) : sum
    }, 0)
  const ofHttp = (key: string) => (name: string) =>
    name.startsWith('http.') && name.endsWith(`.${key}`) && !name.startsWith('http.admin.')
  const [http1, http2, http3] = ['http1', 'http2', 'http3'].map((version) =>
    sumOf(ofHttp(`downstream_cx_${version}_active`)),
  ) as [number, number, number]
  const http = sumOf(ofHttp('downstream_cx_active'))
  const tcp = Math.max(0, sumOf(isListenerTotal) - http)
  return { http1, http2, http3, http: Math.max(0, http - http1 - http2 - http3), tcp }
}

/** Not the admin's, and not the rows of single workers, which count the same connections again. */
function isListenerTotal(name: string): boolean {
  return (
    name.startsWith('listener.') &&
    name.endsWith('.downstream_cx_active') &&
    !name.startsWith('listener.admin.') &&
    !/\.worker_\d+\.downstream_cx_active$/.test(name)
  )
}
