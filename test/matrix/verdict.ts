import type { Run } from './row.ts'

/** Why a run proves nothing; undefined when it does. */
export function problemOf(run: Run): string | undefined {
  const { method, rows, failed, impossible } = run
  if (failed !== undefined) return `failed: ${failed.split('\n')[0] ?? ''}`
  if (impossible !== undefined) return undefined
  const counted = rows.flatMap(({ counts }) => counts ?? [])
  const skipped = counted.reduce((sum, counts) => sum + counts.skipped, 0)
  if (skipped > 0) return `${skipped} requests were not sent: too many were pending`
  const lost = counted.reduce((sum, counts) => sum + counts.lost, 0)
  if (method === 'stop-start' && lost === 0) return 'blind: the control lost nothing'
  return undefined
}
