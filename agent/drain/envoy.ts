import { array, decodeJson, number, object, optional, string } from '../../api/decode.ts'
import { request } from '../http/nodeHttp.ts'

const ADMIN_TIMEOUT_MS = 2000
const ANSWER_MAX_BYTES = 4 * 1024 * 1024

/**
 * Both commands, in this order and at once: `graceful` begins the drain sequence (Connection: close,
 * GOAWAY), which before 1.40 the second alone does not; the second closes the listeners now, without
 * which the old process goes on taking most of the new connections. Idempotent.
 */
export async function beginEnvoyDrain(adminPort: number): Promise<void> {
  await admin(adminPort, 'POST', '/drain_listeners?graceful&skip_exit')
  await admin(adminPort, 'POST', '/drain_listeners')
}

/** Connections of clients of all listeners. Envoy's other states do not change in a drain. */
export async function countEnvoyConnections(adminPort: number): Promise<number> {
  const path = '/stats?filter=downstream_cx_active&format=json'
  return sumActive(await admin(adminPort, 'GET', path))
}

const stats = object({ stats: array(object({ name: optional(string), value: optional(number) })) })

/**
 * Sums `listener.<address>.downstream_cx_active`: not the admin's, and not the rows of single
 * workers, which count the same connections again. Errors: DecodeError.
 */
export function sumActive(text: string): number {
  return decodeJson(stats, text, 'stats')
    .stats.filter(({ name }) => name !== undefined && isListenerTotal(name))
    .reduce((sum, { value }) => sum + (value ?? 0), 0)
}

function isListenerTotal(name: string): boolean {
  return (
    name.startsWith('listener.') &&
    name.endsWith('.downstream_cx_active') &&
    !name.startsWith('listener.admin.') &&
    !/\.worker_\d+\.downstream_cx_active$/.test(name)
  )
}

/** Body of an answer with status 200. Errors: what was asked and what was seen. */
function admin(port: number, method: string, path: string): Promise<string> {
  const what = `${method} 127.0.0.1:${port}${path}`
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: '127.0.0.1', port, method, path, agent: false })
    const fail = (cause: unknown): void => {
      clearTimeout(timer)
      outgoing.destroy()
      reject(new Error(`envoy's admin did not obey ${what}`, { cause }))
    }
    const timer = setTimeout(() => {
      fail(new Error(`no answer within ${ADMIN_TIMEOUT_MS} ms`))
    }, ADMIN_TIMEOUT_MS)
    outgoing.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > ANSWER_MAX_BYTES) fail(new Error('answer too long'))
      })
      response.once('end', () => {
        clearTimeout(timer)
        if (response.statusCode === 200) resolve(body)
        else fail(new Error(`status ${response.statusCode ?? 0}`))
      })
      response.once('error', fail)
    })
    outgoing.on('error', fail)
    outgoing.end()
  })
}
