import { connect } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What became of new clients: each opens a connection of its own and asks once, never again. */
export interface Outcomes {
  /** Answers by the version that gave them. */
  readonly served: Readonly<Record<string, number>>
  /** Nobody listened. */
  readonly refused: number
  /** Connected, and ended without a whole answer. */
  readonly cut: number
  /** No answer within {@link PATIENCE_MS}. */
  readonly late: number
}

export interface Clients {
  /** Answers so far. */
  readonly answers: number
  stop(): Promise<Outcomes>
}

type Outcome = { readonly version: string } | 'refused' | 'cut' | 'late'

/** Longer than a crash with a back-off on a slow machine. */
const PATIENCE_MS = 15_000
/** A test that fails leaves them behind: they end by themselves, and the test process with them. */
const LIFE_MS = 120_000
const WORKERS = 3
const PAUSE_MS = 5

/** Clients on one port, one after the other and three at a time, until stopped. */
export function startClients(port: number): Clients {
  const outcomes: Outcome[] = []
  let stopped = false
  const end = performance.now() + LIFE_MS
  const work = async (): Promise<void> => {
    while (!stopped && performance.now() < end) {
      outcomes.push(await askOnce(port))
      await delay(PAUSE_MS)
    }
  }
  const workers = Array.from({ length: WORKERS }, work)
  return {
    get answers() {
      return outcomes.length
    },
    stop: async () => {
      stopped = true
      await Promise.all(workers)
      return summarize(outcomes)
    },
  }
}

/** One client: a new connection, one request, one answer. */
export function askOnce(port: number): Promise<Outcome> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let connected = false
    let answer = ''
    const end = (outcome: Outcome): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
    const timer = setTimeout(() => {
      end('late')
    }, PATIENCE_MS)
    socket.setEncoding('utf8')
    socket.once('connect', () => {
      connected = true
      socket.write('GET / HTTP/1.1\r\nhost: client\r\nconnection: close\r\n\r\n')
    })
    socket.on('data', (chunk: string) => {
      answer += chunk
      const version = versionOf(answer)
      if (version !== undefined) end({ version })
    })
    socket.on('error', () => undefined)
    socket.once('close', () => {
      end(connected ? 'cut' : 'refused')
    })
  })
}

/** Of a whole answer. */
function versionOf(answer: string): string | undefined {
  if (!answer.endsWith('\r\n\r\nok\n')) return undefined
  return /^x-version: (.*)$/im.exec(answer)?.[1]?.trim()
}

function summarize(outcomes: readonly Outcome[]): Outcomes {
  const served: Record<string, number> = {}
  for (const outcome of outcomes) {
    if (typeof outcome === 'string') continue
    served[outcome.version] = (served[outcome.version] ?? 0) + 1
  }
  const count = (name: Outcome): number => outcomes.filter((one) => one === name).length
  return { served, refused: count('refused'), cut: count('cut'), late: count('late') }
}
