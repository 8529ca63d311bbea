import { request } from './nodeHttp.ts'

export interface Question {
  readonly port: number
  readonly method: string
  /** With the query, if any. */
  readonly path: string
}

const HOST = '127.0.0.1'
/** Far above what a process on the same machine needs. */
const TIMEOUT_MS = 2000
const ANSWER_MAX_BYTES = 4 * 1024 * 1024

/**
 * Body of the answer of another process of the pod, if its status is 200 to 299. Errors: what was
 * asked and what was seen.
 */
export function ask({ port, method, path }: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: HOST, port, method, path, agent: false })
    const fail = (cause: unknown): void => {
      clearTimeout(timer)
      outgoing.destroy()
      const seen = cause instanceof Error ? cause.message : String(cause)
      reject(new Error(`${method} http://${HOST}:${port}${path}: ${seen}`, { cause }))
    }
    // A limit of the whole exchange: a peer that sends byte by byte is silent too.
    const timer = setTimeout(() => {
      fail(new Error(`no answer within ${TIMEOUT_MS} ms`))
    }, TIMEOUT_MS)
    outgoing.once('response', (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > ANSWER_MAX_BYTES) fail(new Error('the answer is too long'))
      })
      response.once('end', () => {
        clearTimeout(timer)
        const status = response.statusCode ?? 0
        if (status >= 200 && status < 300) resolve(body)
        else fail(new Error(`status ${status}`))
      })
      response.once('error', fail)
    })
    outgoing.on('error', fail)
    outgoing.end()
  })
}
