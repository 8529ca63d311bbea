import type { IntOrPercent } from './v1beta1/sidecarset.ts'

const PERCENT = /^(\d+)%$/

/** True for a whole number of at least 0, or a percentage with a whole number such as "25%". */
export function isIntOrPercent(value: unknown): value is IntOrPercent {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0
  return typeof value === 'string' && PERCENT.test(value)
}

/**
 * The number that `value` stands for among `total`; percentages round up.
 * Errors: RangeError for a value that {@link isIntOrPercent} refuses.
 */
export function resolveIntOrPercent(value: IntOrPercent, total: number): number {
  if (!isIntOrPercent(value)) throw new RangeError(`not a number or percentage: ${String(value)}`)
  if (typeof value === 'number') return value
  const percent = Number(PERCENT.exec(value)?.[1] ?? 0)
  return Math.ceil((percent * total) / 100)
}
