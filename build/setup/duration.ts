/** Milliseconds for people: `0.3s`, `42s`, `3m12s`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9950) return `${(milliseconds / 1000).toFixed(1)}s`
  const seconds = Math.round(milliseconds / 1000)
  return seconds < 60
    ? `${seconds}s`
    : `${Math.floor(seconds / 60)}m${`${seconds % 60}`.padStart(2, '0')}s`
}
