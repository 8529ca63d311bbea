import type { SeriesPoint } from '../wire.ts'

/** The last minutes of a set, for plots: kept while anybody looks, so that a reload loses nothing. */
export interface Series {
  /** True when the point is a new one. */
  add(point: SeriesPoint): boolean
  points(): readonly SeriesPoint[]
}

/** Ten minutes of one point a second, if every second is unlike the one before. */
const MOST_POINTS = 600
/** An unchanged value is told this seldom. */
const QUIET_MS = 5_000

export function createSeries(): Series {
  let points: readonly SeriesPoint[] = []
  return {
    add: (point) => {
      const last = points.at(-1)
      if (last !== undefined && isSame(last, point) && point.at - last.at < QUIET_MS) return false
      points = [...points.slice(1 - MOST_POINTS), point]
      return true
    },
    points: () => points,
  }
}

function isSame(left: SeriesPoint, right: SeriesPoint): boolean {
  return left.left === right.left && left.drained === right.drained && left.cut === right.cut
}
