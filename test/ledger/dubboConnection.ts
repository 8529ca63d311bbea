import { outcomeOfEnd, type Connection, type ConnectionEnd } from './connection.ts'
import {
  DubboReader,
  echoRequest,
  heartbeatAnswer,
  isReadOnly,
  responseText,
  statusOk,
  type DubboFrame,
} from './dubboFrames.ts'
import type { Entry } from './entry.ts'
import type { Verdict } from './exchange.ts'

export interface DubboConnectionOptions {
  readonly connection: Connection
  readonly timeoutMs: number
  /** The peer ended the connection while no call was on it, unannounced. */
  readonly idleClosed: () => void
  /** The peer announced its end and every call on the connection has finished. */
  readonly closed: () => void
}

interface Call {
  readonly entry: Entry
  readonly text: string
  readonly timer: NodeJS.Timeout
}

/** One Dubbo connection, for calls until it is `retired`; ends every entry that it was given. */
export class DubboConnection {
  readonly #options: DubboConnectionOptions
  readonly #calls = new Map<number, Call>()
  readonly #reader = new DubboReader()
  #unsent: Buffer[] = []
  #retired = false
  #readOnly = false

  constructor(options: DubboConnectionOptions) {
    this.#options = options
    const { connection } = options
    connection.handler = {
      opened: () => {
        const [first] = this.#calls.values()
        if (first !== undefined) first.entry.connectMs = connection.connectMs
        for (const bytes of this.#unsent) connection.write(bytes)
        this.#unsent = []
      },
      data: (bytes) => {
        this.#receive(bytes)
      },
      ended: (end) => {
        this.#ended(end)
      },
    }
  }

  /** True when it takes no more calls: READONLY, at its end, or a call timed out on it. */
  get retired(): boolean {
    return this.#retired
  }

  call(entry: Entry, id: number): void {
    const { connection, timeoutMs } = this.#options
    connection.requests += 1
    entry.target = connection.target
    entry.requestNumber = connection.requests
    entry.connectionAgeMs = connection.ageMs
    const text = `call ${id}`
    const timer = setTimeout(() => {
      const outcome = connection.state === 'open' ? 'timeout' : 'connectTimeout'
      this.#retired = true
      this.#finish(id, { outcome, detail: 'no answer' })
    }, timeoutMs)
    this.#calls.set(id, { entry, text, timer })
    const bytes = echoRequest(id, text)
    if (connection.state === 'connecting') this.#unsent.push(bytes)
    else connection.write(bytes)
  }

  closeIfIdle(): void {
    this.#retired = true
    if (this.#calls.size === 0) this.#options.connection.destroy()
  }

  #receive(bytes: Buffer): void {
    for (const frame of this.#reader.push(bytes)) this.#take(frame)
    if (this.#reader.broken) this.#end({ outcome: 'badStatus', detail: 'the answer is not Dubbo' })
  }

  #take(frame: DubboFrame): void {
    const { connection } = this.#options
    if (frame.event) {
      if (isReadOnly(frame)) {
        this.#retired = this.#readOnly = true
        this.#closeWhenDone()
      } else if (frame.request && frame.twoWay) connection.write(heartbeatAnswer(frame.id))
      return
    }
    // Of a call that has timed out, or that nobody made; the right one is then missing.
    const call = this.#calls.get(frame.id)
    if (call === undefined || frame.request) return
    if (frame.status !== statusOk) {
      this.#finish(frame.id, { outcome: 'proxyError', detail: `status ${frame.status}` })
    } else if (responseText(frame.body) !== call.text) {
      this.#finish(frame.id, { outcome: 'hashMismatch', detail: 'the answer is not what was sent' })
    } else this.#finish(frame.id, { outcome: 'ok', detail: '' })
  }

  #finish(id: number, verdict: Verdict): void {
    const call = this.#calls.get(id)
    if (call === undefined) return
    this.#calls.delete(id)
    clearTimeout(call.timer)
    call.entry.end(verdict.outcome, verdict.detail)
    if (this.#retired) this.#closeWhenDone()
  }

  #closeWhenDone(): void {
    if (this.#calls.size > 0 || this.#options.connection.state === 'closed') return
    this.#options.connection.destroy()
    if (this.#readOnly) this.#options.closed()
  }

  #ended(end: ConnectionEnd): void {
    if (this.#calls.size === 0) {
      this.#retired = true
      this.#options.idleClosed()
      return
    }
    const outcome = this.#reader.begun ? 'cutInResponse' : outcomeOfEnd(end)
    this.#end({ outcome, detail: end.code })
  }

  #end(verdict: Verdict): void {
    this.#retired = true
    this.#options.connection.destroy()
    for (const id of [...this.#calls.keys()]) this.#finish(id, verdict)
  }
}
