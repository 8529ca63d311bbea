import { request as httpRequest } from '../../http/nodeHttp.ts'

export interface HookRequest {
  readonly method: 'GET' | 'POST'
  readonly host: string
  readonly port: number
  readonly path: string
  readonly body?: string
  readonly contentType?: string
}

export interface HookAnswer {
  readonly status: number
  readonly body: string
}

/** Thrown when the time is over, so that a hook that hangs is told from one that refuses. */
export class HookTimeout extends Error {
  readonly code = 'BATON_HOOK_TIMEOUT'
}

const ANSWER_MAX_BYTES = 64 * 1024

/** One request to the app. Errors: {@link HookTimeout}, and what the connection says. */
export function send(
  { method, host, port, path, body, contentType }: HookRequest,
  timeoutMs: number,
): Promise<HookAnswer> {
  const headers =
    body === undefined
      ? {}
      : {
          'content-type': contentType ?? 'application/json',
          'content-length': String(Buffer.byteLength(body)),
        }
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ method, host, port, path, headers, agent: false })
    // A limit of the whole exchange: socket timeouts begin anew with every byte.
    const timer = setTimeout(() => {
      sent.destroy(new HookTimeout(`no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    let text = ''
    sent.once('response', (response) => {
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        if (text.length < ANSWER_MAX_BYTES) text += chunk
      })
      response.once('end', () => {
        resolve({ status: response.statusCode ?? 0, body: text })
      })
      response.once('error', reject)
    })
    sent.once('error', reject)
    sent.once('close', () => {
      clearTimeout(timer)
      reject(new Error('the connection was closed before the answer'))
    })
    sent.end(body)
  })
}
