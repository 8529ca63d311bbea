const HOUR_MS = 3_600_000

/** `3 days`, below two days `30 hours`: what is left, rounded down. */
export function daysText(ms: number): string {
  const hours = Math.floor(ms / HOUR_MS)
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [Math.floor(hours / 24), 'day']
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
