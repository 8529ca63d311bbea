import { allocations } from './allocation.ts'
import { readConfig } from './config.ts'
import { clusterNames } from './down.ts'
import { clusterOf } from './handle.ts'
import type { Cluster } from './handle.ts'
import { layoutOf } from './layout.ts'
import { isAlive } from './node/processes.ts'
import { readState } from './state.ts'

export type ClusterStatus =
  | { readonly kind: 'Running'; readonly name: string; readonly cluster: Cluster }
  /** Half made, or its node died; `up` makes it anew and `down` removes it. */
  | { readonly kind: 'Broken'; readonly name: string; readonly reason: string }
  | { readonly kind: 'Absent'; readonly name: string }

/** Looks at the cluster of that name; changes nothing. */
export async function status({ name = 'default' }: { name?: string | undefined } = {}) {
  const layout = layoutOf(readConfig().cacheDir, name)
  const state = readState(layout)
  const answer = (found: ClusterStatus) => found
  if (state?.ready === true && isAlive(state.node)) {
    return answer({ kind: 'Running', name, cluster: clusterOf(layout, state) })
  }
  if (state !== undefined) {
    const reason = isAlive(state.node)
      ? 'it is being made, or what made it was killed'
      : `the node (process ${state.node.pid}) is dead`
    return answer({ kind: 'Broken', name, reason })
  }
  const allocated = (await allocations()).some(({ directory }) => directory === layout.directory)
  return answer(
    allocated
      ? { kind: 'Broken', name, reason: 'it is being made, or what made it was killed' }
      : { kind: 'Absent', name },
  )
}

/** The clusters of this cache folder that are there in any way. */
export async function statusOfAll(): Promise<ClusterStatus[]> {
  const all = await Promise.all((await clusterNames()).map((name) => status({ name })))
  return all.filter(({ kind }) => kind !== 'Absent')
}
