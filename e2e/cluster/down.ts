import { existsSync } from 'node:fs'
import { readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { allocations, release } from './allocation.ts'
import { readConfig } from './config.ts'
import { isClusterName, layoutOf } from './layout.ts'
import type { Layout } from './layout.ts'
import { withLock } from './lock.ts'
import { processesIn, removeCgroup } from './node/cgroups.ts'
import { removeLink } from './node/link.ts'
import { isAlive, kill } from './node/processes.ts'
import type { ProcessIdentity } from './node/processes.ts'
import { planOf } from './plan.ts'
import type { NetworkPlan } from './plan.ts'
import { checkRoot } from './requirements.ts'
import { readState } from './state.ts'
import { waitFor } from './wait.ts'

export interface DownOptions {
  /** Defaults to `default`. */
  readonly name?: string | undefined
  readonly log?: ((line: string) => void) | undefined
}

/**
 * Removes a cluster, whatever state it is in: running, half made, or crashed. Nothing of it is left.
 * Answers false when there was nothing to remove.
 */
export async function down({ name = 'default', log }: DownOptions = {}): Promise<boolean> {
  checkRoot()
  const layout = layoutOf(readConfig().cacheDir, name)
  return await withLock(layout.directory, async () => {
    const start = performance.now()
    const removed = await tearDown(layout)
    if (removed) log?.(`cluster '${name}' removed in ${(performance.now() - start).toFixed(0)} ms`)
    return removed
  })
}

/** The names of all clusters in this cache folder, half made and crashed ones as well. */
export async function clusterNames(): Promise<string[]> {
  const parent = join(readConfig().cacheDir, 'clusters')
  const onDisk = existsSync(parent) ? await readdir(parent) : []
  const allocated = (await allocations())
    .map(({ directory }) => directory)
    .filter((directory) => join(directory, '..') === parent)
  return [...new Set([...onDisk, ...allocated.map((path) => basename(path))])]
    .filter(isClusterName)
    .sort()
}

/**
 * The work of `down`; the caller holds the cluster's lock. Each step may have been done before.
 * With `keepLogs` the folder with the daemons' logs stays.
 */
export async function tearDown(layout: Layout, { keepLogs = false } = {}): Promise<boolean> {
  const allocation = (await allocations()).find(({ directory }) => directory === layout.directory)
  if (allocation === undefined && !existsSync(layout.directory)) return false
  const state = readState(layout)
  const alive = state !== undefined && isAlive(state.node)
  if (alive) await endNode(state.node)
  // The state tells the index too, and is right as long as its node lives.
  const index = allocation?.index ?? (alive ? state.index : undefined)
  if (index !== undefined) await removeFromKernel(planOf(index))
  if (keepLogs) {
    for (const entry of await readdir(layout.directory)) {
      const path = join(layout.directory, entry)
      if (path !== layout.logs) await rm(path, { recursive: true, force: true })
    }
  } else {
    await rm(layout.directory, { recursive: true, force: true })
  }
  if (allocation !== undefined) await release(allocation.index)
  return true
}

/** Kills PID 1 of the node; the kernel then kills all others in the node before that one is gone. */
async function endNode({ pid }: ProcessIdentity): Promise<void> {
  kill(pid)
  // Its parent collects it, which is why that one may not be killed before: a zombie would stay on
  // machines whose own PID 1 collects nothing. If the parent is dead already, so be it.
  const collected = () => !existsSync(`/proc/${pid}`)
  const wait = { deadlineMs: 5_000, intervalMs: 10 }
  await waitFor(`process ${pid} is gone`, collected, wait).catch(() => undefined)
}

async function removeFromKernel(plan: NetworkPlan): Promise<void> {
  await waitFor(
    'all processes of the node are dead',
    async () => {
      const processes = await processesIn(plan.cgroup)
      processes.forEach(kill)
      return processes.length === 0
    },
    { deadlineMs: 20_000, intervalMs: 20 },
  )
  await removeLink(plan)
  await removeCgroup(plan.cgroup)
}
