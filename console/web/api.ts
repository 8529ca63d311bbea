import type { Refusal, SessionRow } from '../wire.ts'

/** What the server refused, or why it gave no answer. */
export class Refused extends Error {
  override readonly name = 'Refused'
  readonly status: number
  readonly refusal: Refusal

  constructor(status: number, refusal: Refusal) {
    super(refusal.remedy === undefined ? refusal.message : `${refusal.message}: ${refusal.remedy}`)
    this.status = status
    this.refusal = refusal
  }
}

/** Nobody waits longer for a button. */
const DEADLINE_MS = 30_000

let csrf = ''

/** Remembers what changes must carry. */
export function holdSession(session: SessionRow): SessionRow {
  ;({ csrf } = session)
  return session
}

export async function get(path: string): Promise<unknown> {
  return call('GET', path, undefined)
}

export async function post(path: string, body: object): Promise<unknown> {
  return call('POST', path, body)
}

export async function remove(path: string): Promise<unknown> {
  return call('DELETE', path, {})
}

async function call(method: string, path: string, body: object | undefined): Promise<unknown> {
  const response = await fetch(path, {
    method,
    credentials: 'same-origin',
    redirect: 'error',
    signal: AbortSignal.timeout(DEADLINE_MS),
    ...(body === undefined
      ? {}
      : {
          headers: { 'content-type': 'application/json', 'x-baton-csrf': csrf },
          body: JSON.stringify(body),
        }),
  }).catch((error: unknown) => {
    const message = `the console does not answer: ${error instanceof Error ? error.message : String(error)}`
    throw new Refused(0, { code: 'NoAnswer', message, remedy: 'see whether it still runs' })
  })
  const answer: unknown = await response.json().catch(() => undefined)
  if (response.ok) return answer
  throw new Refused(response.status, refusalOf(answer, response.status))
}

function refusalOf(answer: unknown, status: number): Refusal {
  if (typeof answer === 'object' && answer !== null && 'code' in answer && 'message' in answer) {
    return answer as Refusal
  }
  return { code: 'NoAnswer', message: `the console answered with status ${status}` }
}
