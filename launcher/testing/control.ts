import { connect } from 'node:net'
import { until } from './until.ts'

/** How a process of a slot ended; connections: open at its end, null when nobody could count. */
export interface SlotExit {
  readonly code: number
  readonly signal: number
  readonly connections: number | null
  /** Open when it was told to stop, the last time. */
  readonly atStop: number | null
}

/** Answer to `status`, to all commands that concern the children, and the first line of `watch`. */
export interface SlotStatus {
  readonly ok: true
  readonly v: 1
  readonly slot: string
  readonly boot: number
  readonly pid: number
  readonly want: boolean
  readonly terminating: boolean
  readonly starts: number
  readonly crashes: number
  readonly uptimeMs: number
  readonly side: number
  readonly lastExit: SlotExit | null
  readonly aside: { readonly pid: number; readonly side: number } | null
  readonly lastAside: SlotExit | null
  readonly listening: readonly string[]
  readonly unheld: readonly string[]
  readonly held: number
  readonly keeper: boolean
  readonly seccomp: boolean
  readonly standIn: boolean
}

export interface HeldListener {
  readonly address: string
  readonly queue: number
  readonly backlog: number
}

const answerDeadlineMs = 15_000

/**
 * Sends one line to a launcher's control socket and returns its answer, parsed.
 *
 * @throws Error when there is no answer within 15 s, or it is no JSON
 */
export function control(socketPath: string, line: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const socket = connect(socketPath)
    let answer = ''
    socket.setEncoding('utf8')
    socket.setTimeout(answerDeadlineMs, () => {
      socket.destroy(new Error(`no answer to '${line}'`))
    })
    socket.on('error', reject)
    socket.on('close', () => {
      reject(new Error(`connection closed without an answer to '${line}'`))
    })
    socket.on('data', (data: string) => {
      answer += data
      const end = answer.indexOf('\n')
      if (end < 0) return
      socket.destroy()
      try {
        resolve(JSON.parse(answer.slice(0, end)))
      } catch (cause) {
        reject(new Error(`'${line}' was answered '${answer}'`, { cause }))
      }
    })
    socket.write(`${line}\n`)
  })
}

/** An event line of `watch`, or its first line, the status. */
export type PushedLine = Readonly<Record<string, unknown>>

export interface Watch {
  /** What has been pushed so far; the first entry is the status. */
  readonly lines: readonly PushedLine[]
  readonly closed: () => boolean
  close(): void
}

/** Watches a slot; lines come in as they are pushed. */
export function watchSlot(socketPath: string): Watch {
  const socket = connect(socketPath)
  const lines: PushedLine[] = []
  let rest = ''
  let closed = false
  socket.setEncoding('utf8')
  socket.on('error', () => undefined) // 'close' follows
  socket.on('close', () => (closed = true))
  socket.on('data', (data: string) => {
    const whole = (rest + data).split('\n')
    rest = whole.pop() ?? ''
    lines.push(...whole.map((line) => JSON.parse(line) as PushedLine))
  })
  socket.write('watch\n')
  return { lines, closed: () => closed, close: () => socket.destroy() }
}

/** `control`, for a command that answers the slot's status. */
export async function controlStatus(socketPath: string, line = 'status'): Promise<SlotStatus> {
  const answer = await control(socketPath, line)
  if (!isStatus(answer)) throw new Error(`'${line}' was answered ${JSON.stringify(answer)}`)
  return answer
}

/** The listeners of which this launcher holds a copy. */
export async function listHeld(socketPath: string): Promise<readonly HeldListener[]> {
  const answer = (await control(socketPath, 'list')) as { held: readonly HeldListener[] }
  return answer.held
}

/** Answer to `connections`: open ones by held address, `aside` those of the child set aside. */
export interface ConnectionCounts {
  readonly connections: Readonly<Record<string, number>>
  readonly aside: Readonly<Record<string, number>> | null
  readonly complete: boolean
}

/** The connections that the slot's processes have accepted from held listeners. */
export async function countConnections(socketPath: string): Promise<ConnectionCounts> {
  const { connections, aside, complete } = (await control(socketPath, 'connections')) as {
    connections: ConnectionCounts['connections']
    aside: ConnectionCounts['aside']
    complete: boolean
  }
  return { connections, aside, complete }
}

/** Waits until the status is as wanted; the error tells the last one seen. */
export async function untilStatus(
  socketPath: string,
  what: string,
  wanted: (status: SlotStatus) => boolean,
  deadlineMs = 20_000,
): Promise<SlotStatus> {
  let last: SlotStatus | undefined
  try {
    return await until(
      what,
      async () => {
        last = await controlStatus(socketPath)
        return wanted(last) ? last : undefined
      },
      deadlineMs,
    )
  } catch (cause) {
    throw new Error(`${String(cause)}; last status ${JSON.stringify(last)}`, { cause })
  }
}

function isStatus(value: unknown): value is SlotStatus {
  return typeof value === 'object' && value !== null && 'slot' in value && 'pid' in value
}
