import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Layout } from './layout.ts'
import type { ProcessIdentity } from './node/processes.ts'

/** What one process must know of a cluster that another process made. */
export interface ClusterState {
  readonly v: 1
  readonly index: number
  readonly nodeName: string
  readonly node: ProcessIdentity
  /** As in `v1.35.4`. */
  readonly kubernetesVersion: string
  readonly kubectlPath: string
  /** False while `up` has not finished; an `up` that was killed leaves it so. */
  readonly ready: boolean
}

/** Reads what is known of the cluster; undefined when it does not stand or cannot be understood. */
export function readState({ stateFile }: Layout): ClusterState | undefined {
  if (!existsSync(stateFile)) return undefined
  try {
    const state = JSON.parse(readFileSync(stateFile, 'utf8')) as ClusterState
    // Whatever an older program wrote, `down` goes by the allocation and needs no state.
    return (state.v as number) === 1 ? state : undefined
  } catch {
    return undefined
  }
}

/** Replaces the state in one step. */
export function writeState({ stateFile }: Layout, state: ClusterState): void {
  writeFileSync(`${stateFile}.new`, `${JSON.stringify(state, undefined, 2)}\n`)
  renameSync(`${stateFile}.new`, stateFile)
}
