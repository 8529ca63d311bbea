import { randomBytes } from 'node:crypto'
import { outcomeOfEnd, type Connection, type ConnectionEnd } from './connection.ts'
import type { Entry } from './entry.ts'
import type { Verdict } from './exchange.ts'
import { closePayload, encodeFrame, FrameReader, opcodes, type Frame } from './websocketFrames.ts'
import { handshakeAccept, handshakeKey, handshakeRequest } from './websocketHandshake.ts'

export interface WebSocketStreamOptions {
  readonly connection: Connection
  readonly authority: string
  readonly timeoutMs: number
  /** Opens the entry of a connection that was cut while nothing was outstanding. */
  readonly openCut: () => Entry
  /** The server said goodbye in order while nothing was outstanding. */
  readonly closed: () => void
}

interface Message {
  readonly entry: Entry
  readonly payload: Buffer
  readonly timer: NodeJS.Timeout
}

/** Normal, going away, restarting (RFC 6455, 7.4.1, and IANA's registry for 1012). */
const orderlyCodes: ReadonlySet<number> = new Set([1000, 1001, 1012])
const normalClosure = 1000
const noCode = 1005
const lingerMs = 1000
const maxHead = 16 * 1024

/** One WebSocket whose messages come back in order; ends every entry that it was given. */
export class WebSocketStream {
  readonly #options: WebSocketStreamOptions
  readonly #key = handshakeKey()
  readonly #messages: Message[] = []
  readonly #frames = new FrameReader()
  /** Undefined once the upgrade is done. */
  #head: string | undefined = ''
  #over = false

  constructor(options: WebSocketStreamOptions) {
    this.#options = options
    const { connection } = options
    connection.handler = {
      opened: () => {
        const [first] = this.#messages
        if (first !== undefined) first.entry.connectMs = connection.connectMs
        connection.write(handshakeRequest(options.authority, this.#key))
      },
      data: (bytes) => {
        if (this.#head === undefined) this.#receive(bytes)
        else this.#upgrade(bytes)
      },
      ended: (end) => {
        this.#ended(end)
      },
    }
  }

  /** True when it takes no more messages. */
  get over(): boolean {
    return this.#over
  }

  get ageMs(): number {
    return this.#options.connection.ageMs
  }

  send(entry: Entry, payload: Buffer): void {
    const { connection, timeoutMs } = this.#options
    connection.requests += 1
    this.#describe(entry)
    const timer = setTimeout(() => {
      const open = connection.state === 'open'
      this.#fail({ outcome: open ? 'timeout' : 'connectTimeout', detail: 'no echo' })
    }, timeoutMs)
    this.#messages.push({ entry, payload, timer })
    if (this.#head === undefined) this.#write(opcodes.binary, payload)
  }

  /** Says goodbye and leaves the closing to the server. */
  closeIfIdle(): void {
    if (this.#over || this.#messages.length > 0) return
    this.#goodbye(normalClosure)
  }

  #goodbye(code: number): void {
    const { connection } = this.#options
    this.#over = true
    if (connection.state !== 'open' || this.#head !== undefined) {
      connection.destroy()
      return
    }
    this.#write(opcodes.close, closePayload(code))
    connection.linger(lingerMs)
  }

  #describe(entry: Entry): void {
    const { connection } = this.#options
    entry.target = connection.target
    entry.requestNumber = connection.requests
    entry.connectionAgeMs = connection.ageMs
  }

  #upgrade(bytes: Buffer): void {
    const head = `${this.#head ?? ''}${bytes.toString('latin1')}`
    const end = head.indexOf('\r\n\r\n')
    if (end < 0) {
      this.#head = head
      if (head.length > maxHead) this.#fail({ outcome: 'badStatus', detail: 'an endless head' })
      return
    }
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1] ?? 0)
    const accept = /\r\nsec-websocket-accept:[ \t]*([^\r\n]*)/i.exec(head)?.[1]?.trim()
    if (status !== 101 || accept !== handshakeAccept(this.#key)) {
      const outcome = status >= 500 ? 'proxyError' : 'badStatus'
      const detail = status === 101 ? 'a wrong Sec-WebSocket-Accept' : `status ${status}`
      this.#fail({ outcome, detail })
      return
    }
    this.#head = undefined
    for (const { payload } of this.#messages) this.#write(opcodes.binary, payload)
    const rest = Buffer.from(head.slice(end + 4), 'latin1')
    if (rest.length > 0) this.#receive(rest)
  }

  #receive(bytes: Buffer): void {
    for (const frame of this.#frames.push(bytes)) {
      if (this.#over) return
      this.#take(frame)
    }
    if (this.#frames.broken && !this.#over) {
      this.#lose({ outcome: 'hashMismatch', detail: 'not a frame of a plain WebSocket' })
    }
  }

  #take({ opcode, payload }: Frame): void {
    switch (opcode) {
      case opcodes.ping:
        this.#write(opcodes.pong, payload)
        return
      case opcodes.pong:
        return
      case opcodes.close:
        this.#closedByServer(payload.length < 2 ? noCode : payload.readUInt16BE(0))
        return
      default: {
        const [first] = this.#messages
        if (first === undefined || opcode !== opcodes.binary || !first.payload.equals(payload)) {
          this.#lose({ outcome: 'hashMismatch', detail: 'the echo is not what was sent' })
          return
        }
        this.#messages.shift()
        clearTimeout(first.timer)
        first.entry.end('ok')
      }
    }
  }

  #closedByServer(code: number): void {
    const detail = `close frame ${code}`
    if (this.#messages.length > 0) {
      this.#lose({ outcome: 'eofBeforeResponse', detail })
      return
    }
    if (!orderlyCodes.has(code)) {
      this.#lose({ outcome: 'connectionCut', detail })
      return
    }
    this.#goodbye(code)
    this.#options.closed()
  }

  #ended(end: ConnectionEnd): void {
    if (this.#head !== undefined) {
      const outcome = this.#head === '' ? outcomeOfEnd(end) : 'cutInResponse'
      this.#fail({ outcome, detail: `${end.code} before the upgrade` })
      return
    }
    if (this.#messages.length === 0) {
      this.#lose({ outcome: 'connectionCut', detail: `${end.code} between two messages` })
      return
    }
    const outcome = this.#frames.begun ? 'cutInResponse' : outcomeOfEnd(end)
    this.#lose({ outcome, detail: end.code })
  }

  /** Loses the connection too, if no outstanding message stands for it. */
  #lose(verdict: Verdict): void {
    if (this.#messages.length === 0) {
      const entry = this.#options.openCut()
      this.#describe(entry)
      entry.end(verdict.outcome, verdict.detail)
    }
    this.#fail(verdict)
  }

  #fail(verdict: Verdict): void {
    this.#over = true
    this.#options.connection.destroy()
    for (const { entry, timer } of this.#messages.splice(0)) {
      clearTimeout(timer)
      entry.end(verdict.outcome, verdict.detail)
    }
  }

  #write(opcode: number, payload: Uint8Array): void {
    this.#options.connection.write(encodeFrame(opcode, payload, randomBytes(4)))
  }
}
