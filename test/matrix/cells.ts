import { CLIENTS } from './clients.ts'
import type { Counts, Method, Row, Run } from './row.ts'

/** Numbers for people. */
export function grouped(number: number): string {
  return number.toLocaleString('en-US')
}

/** `0 (< 0.015 %)`, or `37 of 20,412: 37 connectionCut`. */
export function lostCell(counts: Counts): string {
  if (counts.lost > 0) return grouped(counts.lost)
  const bound = counts.upperBound === undefined ? '' : ` (< ${percent(counts.upperBound)})`
  return `0${bound}`
}

function percent(share: number): string {
  return `${(share * 100).toPrecision(2)} %`
}

export function causesOf({ lostByCause }: Counts): string {
  return Object.entries(lostByCause)
    .map(([cause, count]) => `${grouped(count)} ${cause}`)
    .join(', ')
}

export function latencyCell({ p50, p99 }: Counts['quietMs']): string {
  return `${milliseconds(p50)} / ${milliseconds(p99)}`
}

function milliseconds(ms: number): string {
  return ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : ms.toFixed(ms < 10 ? 1 : 0)
}

export function runOf(runs: readonly Run[], proxy: string, method: Method): Run | undefined {
  return runs.find((run) => run.proxy === proxy && run.method === method)
}

export function rowOf(run: Run | undefined, client: string): Row | undefined {
  return run?.rows.find((row) => row.client === client)
}

export function labelOf(client: string): string {
  return CLIENTS.find(({ name }) => name === client)?.label ?? client
}
