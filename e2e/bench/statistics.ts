/** Minimum, median and maximum of a list of measurements. */
export interface Spread {
  readonly min: number
  readonly median: number
  readonly max: number
}

/** Errors: RangeError for an empty list, which has no median. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((left, right) => left - right)
  const [min] = sorted
  const max = sorted.at(-1)
  const median = sorted[Math.floor((sorted.length - 1) / 2)]
  if (min === undefined || max === undefined || median === undefined) {
    throw new RangeError('no measurement')
  }
  return { min, median, max }
}
