import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Run } from './row.ts'

/** What was asked of every run of a matrix. */
export interface Asked {
  readonly requests: number
  readonly perSecond: number
  readonly upgrades: number
}

/** The runs of a matrix, kept in a file as they come. */
export interface Results {
  readonly v: 1
  readonly asked: Asked
  readonly runs: readonly Run[]
}

/** Undefined when there are none, or of another version. */
export function readResults(file: string): Results | undefined {
  if (!existsSync(file)) return undefined
  // Our own file; one of another version is measured anew.
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results
  return (results.v as number) === 1 ? results : undefined
}

/** In one step: a killed matrix leaves the results before or after a run, never a part. */
export function writeResults(file: string, results: Results): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.tmp`, `${JSON.stringify(results, null, 1)}\n`)
  renameSync(`${file}.tmp`, file)
}

/** A run of the same proxy and method takes the place of an earlier one. */
export function addRun(results: Results, run: Run): Results {
  const others = results.runs.filter(
    ({ proxy, method }) => proxy !== run.proxy || method !== run.method,
  )
  return { ...results, runs: [...others, run] }
}
