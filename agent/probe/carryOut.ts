import { createConnection } from 'node:net'
import { httpsRequest, request as httpRequest } from '../http/nodeHttp.ts'
import type { Check } from './check.ts'

export interface Outcome {
  readonly ok: boolean
  /** What was seen, without a full stop. */
  readonly detail: string
}

/** Carries out one check, once. Never throws: what goes wrong is the outcome. */
export function carryOut(check: Check, timeoutMs: number): Promise<Outcome> {
  switch (check.kind) {
    case 'http':
      return probeHttp(check, timeoutMs)
    case 'tcp':
      return probeTcp(check, timeoutMs)
    case 'impossible':
      return Promise.resolve({ ok: false, detail: check.why })
  }
}

/** As the kubelet: 200 to 399 is success, redirects are not followed, certificates not checked. */
async function probeHttp(
  check: Extract<Check, { kind: 'http' }>,
  timeoutMs: number,
): Promise<Outcome> {
  const { host, port, path, headers } = check
  const what = `GET ${check.secure ? 'https' : 'http'}://${host}:${port}${path}`
  const send = check.secure ? httpsRequest() : httpRequest
  const options = { host, port, path, headers, agent: false, rejectUnauthorized: false }
  return await new Promise((resolve) => {
    const request = send(options)
    const end = (ok: boolean, detail: string): void => {
      clearTimeout(timer)
      request.destroy()
      resolve({ ok, detail: `${what}: ${detail}` })
    }
    const timer = setTimeout(() => {
      end(false, `no answer within ${timeoutMs} ms`)
    }, timeoutMs)
    request.once('response', (response) => {
      const code = response.statusCode ?? 0
      end(code >= 200 && code < 400, `status ${code}`)
    })
    request.on('error', (error) => {
      end(false, error.message)
    })
    request.end()
  })
}

function probeTcp(check: Extract<Check, { kind: 'tcp' }>, timeoutMs: number): Promise<Outcome> {
  const { host, port } = check
  return new Promise((resolve) => {
    const socket = createConnection({ host, port })
    const end = (ok: boolean, detail: string): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve({ ok, detail: `connect to ${host}:${port}: ${detail}` })
    }
    const timer = setTimeout(() => {
      end(false, `not within ${timeoutMs} ms`)
    }, timeoutMs)
    socket.once('connect', () => {
      end(true, 'connected')
    })
    socket.on('error', (error) => {
      end(false, error.message)
    })
  })
}
