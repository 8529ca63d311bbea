import type { SeriesPoint } from '../wire.ts'

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Line {
  /** The attribute d of a path; empty when there is nothing to draw. */
  readonly path: string
  /** Of the highest point. */
  readonly top: number
  readonly last: number
}

/** The span of time that plots show, in milliseconds. */
export const SPAN_MS = 300_000

/**
 * A line of steps through the points of the last five minutes: a value holds until the next one.
 * @param now in milliseconds since the epoch: the right edge
 */
export function lineOf(
  points: readonly SeriesPoint[],
  valueOf: (point: SeriesPoint) => number,
  { width, height, now }: Size & { readonly now: number },
): Line {
  const from = now - SPAN_MS
  const before = points.findLast(({ at }) => at <= from)
  const shown = points.filter(({ at }) => at > from && at <= now)
  const all = before === undefined ? shown : [{ ...before, at: from }, ...shown]
  const last = all.at(-1)
  if (last === undefined) return { path: '', top: 0, last: 0 }
  const values = all.map(valueOf)
  const top = Math.max(...values)
  // A line at the bottom means zero; the highest leaves room for its own width.
  const y = (value: number): number => height - 1 - (top === 0 ? 0 : (value / top) * (height - 3))
  const x = (at: number): number => ((at - from) / SPAN_MS) * width
  const moves = all.map((point, index) => {
    const [px, py] = [round(x(point.at)), round(y(valueOf(point)))]
    return index === 0 ? `M${px} ${py}` : `H${px}V${py}`
  })
  return { path: `${moves.join('')}H${width}`, top, last: valueOf(last) }
}

/** Growth since the beginning of the span: totals since a set exists say little about today. */
export function growthOf(
  points: readonly SeriesPoint[],
  valueOf: (point: SeriesPoint) => number,
): number {
  const [first, last] = [points[0], points.at(-1)]
  return first === undefined || last === undefined ? 0 : valueOf(last) - valueOf(first)
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
