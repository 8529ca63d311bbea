/** Ways of a request to the same server. `again` is `proxy` once more: what differs there is noise. */
export const ways = ['direct', 'proxy', 'again', 'intercepted'] as const
export type Way = (typeof ways)[number]

/** Milliseconds of the requests of each way; those of one index were sent one after the other. */
export type Samples = Readonly<Record<Way, readonly number[]>>

/** Milliseconds. */
export interface WayLatency {
  readonly p50: number
  readonly p99: number
}

/** Median of the differences within rounds in microseconds, with its 95 % confidence interval. */
export interface Cost {
  readonly median: number
  readonly from: number
  readonly to: number
}

export interface Costs {
  readonly rounds: number
  readonly latencyMs: Readonly<Record<Way, WayLatency>>
  /** What the proxy costs: its way and the direct one. */
  readonly proxyUs: Cost
  /** What interception costs beyond it. */
  readonly interceptionUs: Cost
  /** What the proxy costs beyond itself: nothing, but for noise. */
  readonly noiseUs: Cost
}

/** Errors: RangeError when a way has no samples, or another number of them. */
export function costsOf(samples: Samples): Costs {
  const rounds = samples.direct.length
  if (rounds === 0 || ways.some((way) => samples[way].length !== rounds)) {
    throw new RangeError(
      `${ways.map((way) => `${way}: ${samples[way].length}`).join(', ')}: not the same rounds of all`,
    )
  }
  const latency = (way: Way): WayLatency => {
    const sorted = samples[way].toSorted(ascending)
    return { p50: at(sorted, (rounds - 1) / 2), p99: at(sorted, Math.ceil(rounds * 0.99) - 1) }
  }
  return {
    rounds,
    latencyMs: {
      ...{ direct: latency('direct'), proxy: latency('proxy') },
      ...{ again: latency('again'), intercepted: latency('intercepted') },
    },
    proxyUs: difference(samples.proxy, samples.direct),
    interceptionUs: difference(samples.intercepted, samples.proxy),
    noiseUs: difference(samples.again, samples.proxy),
  }
}

/**
 * Within rounds, so that what the machine does meanwhile is in both. The interval is that of order
 * statistics, which supposes nothing about the distribution: ranks n/2 ± 0.98 √n (Conover, Practical
 * Nonparametric Statistics, 3.2).
 */
function difference(left: readonly number[], right: readonly number[]): Cost {
  const sorted = left.map((ms, round) => (ms - (right[round] ?? 0)) * 1000).toSorted(ascending)
  const middle = (sorted.length - 1) / 2
  const reach = 0.98 * Math.sqrt(sorted.length)
  return {
    median: at(sorted, middle),
    from: at(sorted, Math.max(0, Math.floor(middle - reach))),
    to: at(sorted, Math.min(sorted.length - 1, Math.ceil(middle + reach))),
  }
}

function at(sorted: readonly number[], rank: number): number {
  return sorted[Math.floor(rank)] ?? 0
}

function ascending(left: number, right: number): number {
  return left - right
}
