import { createConnection } from 'node:net'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import type { Interception } from '../../../api/interception/desired.ts'
import type { ProbeOutcome } from '../../../api/interception/status.ts'
import { PROBE_PORTS } from '../rules/constants.ts'
import type { Family } from '../rules/family.ts'
import type { Arrivals } from './socketTable.ts'
import { arrivalsAt, isAccepted, isTaking, readSocketTables } from './socketTable.ts'
import type { Look, Stillness } from './standstill.ts'
import { isStandstill, nextStillness } from './standstill.ts'

type Direction = 'inbound' | 'outbound'

/** Where the agent's connections went, by direction; null = that direction is not intercepted. */
export interface ProbeResult extends Readonly<Record<Direction, ProbeOutcome | null>> {
  /** What waited for it saw the proxy stand still, for so long; null = not so. */
  readonly hungMs: number | null
  /** What waited longer was accepted meanwhile: the queue is long, and read. */
  readonly isTaking: boolean
}

export interface ProbeOptions {
  /** Those that the pod uses; the worst outcome counts. */
  readonly families: readonly Family[]
  /** A look at the processes that hold the proxy's ports; asked only while a connection waits. */
  readonly pulse: () => Promise<Pick<Look, 'awake' | 'cpuMs'>>
  /** Monotonic, in milliseconds. */
  readonly now: () => number
}

/** One whose proxy is still is looked at until that is sure, on a machine that looks seldom too. */
const LIMIT_MS = { awake: 1000, still: 2000 } as const
const POLL_MS = { first: 10, longest: 50 } as const
const HOSTS: Readonly<Record<Family, string>> = { v4: '127.0.0.1', v6: '::1' }

/**
 * Opens connections as the app would and sees whether the proxy accepts them. The kernel answers for a
 * listener even when its process is dead or hangs, so an open connection alone proves nothing.
 * Not seen so: the way of packets that come from other machines, for which the rules alone stand.
 */
export async function probeAll(
  terms: Interception,
  { families, pulse, now }: ProbeOptions,
): Promise<ProbeResult> {
  const attempts = (['inbound', 'outbound'] as const).flatMap((direction) => {
    const proxyPort = terms[direction]?.proxyPort
    if (proxyPort === undefined) return []
    return families.map((family) => {
      return new Attempt(direction, HOSTS[family], PROBE_PORTS[direction], proxyPort)
    })
  })
  const begun = now()
  const view = { isTaking: false, hungMs: null as number | null }
  let stillness: Stillness | null = null
  let pauseMs: number = POLL_MS.first
  try {
    while (attempts.some(({ outcome }) => outcome === null)) {
      await delay(pauseMs)
      pauseMs = Math.min(2 * pauseMs, POLL_MS.longest)
      const at = now()
      // The proxy first: what it did not accept is then seen to wait while it stood still.
      const isLooked = at - begun >= POLL_MS.longest && attempts.some((one) => one.isWaiting)
      if (isLooked) stillness = nextStillness(stillness, { at, ...(await pulse()) })
      const tables = await readSocketTables()
      for (const attempt of attempts) {
        if (attempt.look(tables)) view.isTaking = true
      }
      if (view.isTaking || !attempts.some(({ isWaiting }) => isWaiting)) stillness = null
      if (isStandstill(stillness, at)) {
        view.hungMs = now() - begun
        break
      }
      if (at - begun >= (stillness === null ? LIMIT_MS.awake : LIMIT_MS.still)) break
    }
    return { inbound: worst(attempts, 'inbound'), outbound: worst(attempts, 'outbound'), ...view }
  } finally {
    for (const attempt of attempts) attempt.end()
  }
}

/** Nobody listens where the probe goes: who refuses it is nobody, or a dead proxy. */
function worst(attempts: readonly Attempt[], direction: Direction): ProbeOutcome | null {
  const outcomes = attempts
    .filter((attempt) => attempt.direction === direction)
    .map(({ outcome }) => outcome ?? 'NotAccepted')
  const order = ['NotAccepted', 'Refused', 'Seen'] as const
  return order.find((one) => outcomes.includes(one)) ?? null
}

/** One connection of a probe. */
class Attempt {
  readonly direction: Direction
  readonly #proxyPort: number
  readonly #socket: Socket
  #isOpen = false
  #outcome: ProbeOutcome | null = null
  #arrivals: Arrivals = new Map()

  constructor(direction: Direction, host: string, port: number, proxyPort: number) {
    this.direction = direction
    this.#proxyPort = proxyPort
    this.#socket = createConnection({ host, port })
    this.#socket.resume()
    this.#socket.once('connect', () => {
      this.#isOpen = true
    })
    // Only who has accepted it can end it.
    this.#socket.once('end', () => {
      this.#outcome ??= 'Seen'
    })
    this.#socket.on('error', () => {
      this.#outcome ??= this.#isOpen ? 'Seen' : 'Refused'
    })
  }

  /** null = not known yet. */
  get outcome(): ProbeOutcome | null {
    return this.#outcome
  }

  /** It is open, and nobody has accepted it. */
  get isWaiting(): boolean {
    return this.#isOpen && this.#outcome === null
  }

  /** Whether others were accepted there since the last look. */
  look(tables: readonly string[]): boolean {
    if (!this.isWaiting) return false
    const before = this.#arrivals
    this.#arrivals = arrivalsAt(tables, this.#proxyPort)
    if (isAccepted(this.#arrivals, this.#socket.localPort ?? 0) === true) this.#outcome = 'Seen'
    return isTaking(before, this.#arrivals)
  }

  /** A reset leaves nothing behind, here and in the proxy. */
  end(): void {
    this.#socket.resetAndDestroy()
  }
}
