const smallestMs = 0.01
const growth = Math.log(1.02)
/** Reaches beyond 10 minutes. */
const buckets = 1000

/**
 * Durations in buckets that grow by 2 %: adding costs nothing and a live snapshot need not sort
 * (sorting would stall the generator and so falsify what it measures). The maximum is exact.
 */
export class Histogram {
  readonly #counts = new Uint32Array(buckets)
  #size = 0
  #max = 0

  add(ms: number): void {
    const bucket =
      ms <= smallestMs ? 0 : Math.min(buckets - 1, Math.ceil(Math.log(ms / smallestMs) / growth))
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1
    this.#size += 1
    if (ms > this.#max) this.#max = ms
  }

  get size(): number {
    return this.#size
  }

  /** Exact, 0 when empty. */
  get maxMs(): number {
    return this.#max
  }

  /** At most 2 % too high; 0 when empty. `share` is 0.99 for p99. */
  percentileMs(share: number): number {
    let left = Math.ceil(this.#size * share)
    if (left === 0) return 0
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      left -= this.#counts[bucket] ?? 0
      if (left <= 0) return Math.min(this.#max, smallestMs * Math.exp(bucket * growth))
    }
    return this.#max
  }
}
