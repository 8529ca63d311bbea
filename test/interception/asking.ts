/**
 * Asks a server by all ways in turn: `node asking.ts ASKED`; the last line are the samples. A request
 * that was answered by another way than it should ends it with an error.
 */
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import type { Samples, Way } from './costs.ts'
import { ways } from './costs.ts'

/** Where a way begins. */
export interface WayTarget {
  readonly host: string
  readonly port: number
  readonly localAddress?: string
}

export interface Asked {
  readonly targets: Readonly<Record<Way, WayTarget>>
  /** `new`: a connection for each request, whose opening counts. `kept`: one for many. */
  readonly client: 'new' | 'kept'
  readonly rounds: number
}

/** Each way is at each place of a round, and after each other way, equally often (Williams 1949). */
const ORDERS: readonly (readonly number[])[] = [
  [0, 1, 3, 2],
  [1, 2, 0, 3],
  [2, 3, 1, 0],
  [3, 0, 2, 1],
]
/** What is peculiar to one connection is not to be taken for its way. */
const ROUNDS_PER_CONNECTION = 200
const LIMIT_MS = 5000
const REQUEST = 'GET / HTTP/1.1\r\nhost: app\r\n\r\n'
/** Of answers that the proxy passes on. */
const BY_PROXY = /^x-version: /im

const asked = JSON.parse(process.argv[2] ?? '') as Asked
const warm = Math.min(200, asked.rounds)
await measure({ ...asked, rounds: warm })
console.log(JSON.stringify(await measure(asked)))

async function measure({ targets, client, rounds }: Asked): Promise<Samples> {
  const samples: Record<Way, number[]> = { direct: [], proxy: [], again: [], intercepted: [] }
  const kept = new Map<Way, Socket>()
  for (let round = 0; round < rounds; round += 1) {
    if (round % ROUNDS_PER_CONNECTION === 0) await closeAll(kept)
    for (const index of ORDERS[round % ORDERS.length] ?? []) {
      const way = ways[index] ?? 'direct'
      const open = kept.get(way)
      if (client === 'kept' && open === undefined) kept.set(way, await dial(targets[way]))
      const begun = performance.now()
      const socket = kept.get(way) ?? (await dial(targets[way]))
      const answer = await ask(socket)
      samples[way].push(performance.now() - begun)
      if (BY_PROXY.test(answer) !== (way !== 'direct')) {
        throw new Error(`${way}: answered ${way === 'direct' ? '' : 'not '}by the proxy: ${answer}`)
      }
      if (client === 'new') await close(socket)
    }
  }
  await closeAll(kept)
  return samples
}

async function dial(target: WayTarget): Promise<Socket> {
  const socket = connect({ ...target, noDelay: true })
  await once(socket, 'connect', { signal: AbortSignal.timeout(LIMIT_MS) })
  socket.on('error', () => undefined)
  return socket
}

/** Head and body of the whole answer. */
function ask(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (done: () => void): void => {
      clearTimeout(timer)
      socket.off('data', read).off('close', gone)
      done()
    }
    const gone = (): void => {
      end(() => {
        reject(new Error(`closed after ${JSON.stringify(text)}`))
      })
    }
    const read = (chunk: Buffer): void => {
      text += chunk.toString('latin1')
      if (isWhole(text)) {
        end(() => {
          resolve(text)
        })
      }
    }
    const timer = setTimeout(gone, LIMIT_MS)
    socket.on('data', read).on('close', gone).write(REQUEST)
  })
}

function isWhole(text: string): boolean {
  const head = text.indexOf('\r\n\r\n')
  if (head < 0) return false
  const length = /^content-length: (\d+)/im.exec(text.slice(0, head))?.[1]
  return length !== undefined && text.length >= head + 4 + Number(length)
}

/** By a reset: a thousand connections that wait for late packets are a thousand ports fewer. */
async function close(socket: Socket): Promise<void> {
  if (socket.destroyed) return
  const closed = once(socket, 'close')
  socket.resetAndDestroy()
  await closed
}

async function closeAll(kept: Map<Way, Socket>): Promise<void> {
  for (const socket of kept.values()) await close(socket)
  kept.clear()
}
