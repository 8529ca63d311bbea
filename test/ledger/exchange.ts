import type { Connection, ConnectionEnd } from './connection.ts'
import { outcomeOfEnd } from './connection.ts'
import type { Entry } from './entry.ts'
import type { Outcome } from './outcome.ts'
import { ResponseReader } from './response.ts'

export interface Exchange {
  readonly entry: Entry
  /** New, or open and idle. */
  readonly connection: Connection
  readonly timeoutMs: number
  /** Writes the request (or begins to: an upload goes on later). */
  readonly write: (connection: Connection) => void
  /** Judges a complete 200. Defaults to ok: the framing has been checked already. */
  readonly judge?: (response: ResponseReader) => Verdict
  /** Called once, after the outcome is booked. `reusable`: the connection is open and idle. */
  readonly done: (reusable: boolean) => void
}

export interface Verdict {
  readonly outcome: Outcome
  readonly detail: string
}

const good: Verdict = { outcome: 'ok', detail: '' }

/** How long a peer that announced `Connection: close` may take to do it. */
const lingerMs = 1000

/** One HTTP/1.1 request and its response on a connection; ends the entry in every case. */
export function exchange(options: Exchange): void {
  const { entry, connection, timeoutMs } = options
  const response = new ResponseReader()

  const finish = (verdict: Verdict, close: 'reuse' | 'linger' | 'destroy') => {
    clearTimeout(timer)
    entry.end(verdict.outcome, verdict.detail)
    if (close === 'destroy') connection.destroy()
    else if (close === 'linger') connection.linger(lingerMs)
    options.done(close === 'reuse')
  }
  const timer = setTimeout(() => {
    const opened = connection.state === 'open'
    const detail = response.begun ? `${response.bodyBytes} body bytes so far` : 'no byte came'
    finish({ outcome: opened ? 'timeout' : 'connectTimeout', detail }, 'destroy')
  }, timeoutMs)
  const send = () => {
    connection.requests += 1
    entry.connectionAgeMs = connection.ageMs
    entry.requestNumber = connection.requests
    if (connection.requests === 1) entry.connectMs = connection.connectMs
    options.write(connection)
  }

  entry.target = connection.target
  connection.handler = {
    opened: send,
    data: (bytes) => {
      const progress = response.push(bytes)
      if (progress === 'more') return
      if (progress === 'invalid') {
        finish({ outcome: 'badStatus', detail: 'the answer is not HTTP/1.1' }, 'destroy')
        return
      }
      finish(judge(response, options), response.keepAlive ? 'reuse' : 'linger')
    },
    ended: (end) => {
      finish(judgeEnd(end, response, options), 'destroy')
    },
  }
  if (connection.state === 'open') send()
}

function judge(response: ResponseReader, options: Exchange): Verdict {
  const { status } = response
  if (status === 200) return options.judge?.(response) ?? good
  return { outcome: status >= 500 ? 'proxyError' : 'badStatus', detail: `status ${status}` }
}

function judgeEnd(end: ConnectionEnd, response: ResponseReader, options: Exchange): Verdict {
  if (!response.begun) return { outcome: outcomeOfEnd(end), detail: end.code }
  if (end.code === 'EOF' && response.completeAtEof()) return judge(response, options)
  const detail = `${end.code} after status ${response.status}, ${response.bodyBytes} body bytes`
  return { outcome: 'cutInResponse', detail }
}
