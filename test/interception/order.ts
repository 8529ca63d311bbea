import type { KindSummary, Summary } from '../ledger/index.ts'

/** Ways of changing rules. All but `baton` are controls: each leaves out one thing that matters. */
export const methods = ['baton', 'two-step', 'no-anchor', 'no-syn'] as const
export type Method = (typeof methods)[number]

/** One run; plain data, for it happens in a process with a network of its own. */
export interface Order {
  readonly method: Method
  /** `toggle`: on and off. `change`: interception stays on, its terms change. */
  readonly what: 'toggle' | 'change'
  readonly times: number
  /** Requests of each kind of client, a second. */
  readonly perSecond: number
  /** The proxy is upgraded after half of the toggles, which go on meanwhile. */
  readonly upgrades: boolean
  /** Name of the network namespace of the others. */
  readonly outside: string
}

export interface Direction {
  readonly sent: number
  readonly lost: number
  readonly lostByCause: KindSummary['lostByCause']
  readonly skipped: number
  /** By kind of client: short, keep-alive, raw TCP. */
  readonly kinds: Readonly<Record<string, { readonly sent: number; readonly lost: number }>>
  readonly firstLosses: readonly string[]
}

export interface Result {
  readonly times: number
  readonly seconds: number
  readonly inbound: Direction
  readonly outbound: Direction
  /** What the app sends to where nobody but the proxy answers, while terms change: else null. */
  readonly onlyByProxy: Direction | null
  /** Of each toggle as the agent tells it, in seconds. */
  readonly toggleSeconds: readonly number[]
  /** Of the agent and of the programs that it started, per toggle. */
  readonly cpuMsPerToggle: number | null
  readonly upgraded: boolean
}

/** What was seen of a pod around its toggles. */
export interface Journey {
  /** Path of each hook, and whether traffic was redirected then. */
  readonly calls: readonly string[]
  /** State, reason and redirecting rules after a hook that refused. */
  readonly refused: readonly string[]
  /** State, and outcome of each hook, of toggles whose hook is a program. */
  readonly programs: readonly string[]
  readonly afterKills: string
  /** Repairs that the agent counts, and redirecting rules after them. */
  readonly repairs: readonly [number, number]
  /** Status of the agent's readiness when no proxy is there. */
  readonly readyWithoutProxy: number
  readonly bypasses: number
  readonly backOn: string
  readonly metrics: readonly string[]
}

/** What becomes of a proxy that accepts and answers nobody; redirecting rules, bypasses so far. */
export interface MuteProxy {
  readonly probed: {
    /** The agent's, while it is bypassed. */
    readonly message: string
    /** When it serves again. */
    readonly redirects: number
    readonly bypasses: number
  }
  /** One without a livenessProbe, while it answers nobody. */
  readonly unprobed: { readonly redirects: number; readonly bypasses: number }
}

export function directionOf({ total, kinds, losses }: Summary): Direction {
  const rows = Object.entries(kinds).map(
    ([kind, { sent, lost }]) => [kind, { sent, lost }] as const,
  )
  return {
    sent: total.sent,
    lost: total.lost,
    lostByCause: total.lostByCause,
    skipped: total.skipped,
    kinds: Object.fromEntries(rows),
    firstLosses: losses
      .slice(0, 5)
      .map(({ kind, cause, detail, target }) => `${kind} to ${target}: ${cause} ${detail}`),
  }
}
