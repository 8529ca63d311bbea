const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
]
const DURATION = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Milliseconds of a length of time such as 1h30m; undefined for what is none. */
export function durationMs(text: string): number | undefined {
  const found = DURATION.exec(text)
  if (found === null || text === '') return undefined
  return UNITS.reduce(
    (total, [, factor], index) => total + Number(found[index + 1] ?? 0) * factor,
    0,
  )
}

/** The shortest text for whole milliseconds, such as 1m30s; 0s for none. */
export function formatDuration(milliseconds: number): string {
  let left = milliseconds
  const parts = UNITS.map(([unit, factor]) => {
    const whole = Math.floor(left / factor)
    left -= whole * factor
    return whole === 0 ? '' : `${whole}${unit}`
  })
  return parts.join('') || '0s'
}
