import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ClusterError } from './errors.ts'
import { withLock } from './lock.ts'
import { cgroupExists } from './node/cgroups.ts'
import { hostNetworks } from './node/link.ts'
import { maxClusters, overlaps, planOf } from './plan.ts'
import type { NetworkPlan } from './plan.ts'

// Addresses, interfaces and cgroups belong to the machine, not to a cache folder, and are gone after
// a reboot: so is this folder.
const allocationsDir = '/run/baton/clusters'

/** Which cluster (by its folder) has which index. */
export interface Allocation {
  readonly index: number
  readonly directory: string
}

/** All clusters of this machine that have, or may have, something in the kernel. */
export async function allocations(): Promise<Allocation[]> {
  if (!existsSync(allocationsDir)) return []
  const names = (await readdir(allocationsDir)).filter((name) => /^\d+$/.test(name))
  return await Promise.all(
    names.map(async (name) => ({
      index: Number(name),
      directory: (await readFile(join(allocationsDir, name), 'utf8')).trim(),
    })),
  )
}

/**
 * Gives the cluster in `directory` an index of its own, and writes that down before anything is made
 * with it: whatever is interrupted later can be found and removed.
 */
export async function allocate(directory: string, signal?: AbortSignal): Promise<NetworkPlan> {
  return await withLock(
    'allocation of networks',
    async () => {
      const taken = new Set((await allocations()).map(({ index }) => index))
      const networks = await hostNetworks()
      for (let index = 0; index < maxClusters; index++) {
        const plan = planOf(index)
        if (taken.has(index) || networks.interfaces.includes(plan.interfaceName)) continue
        const own = [plan.linkCidr, plan.podCidr, plan.serviceCidr]
        if (own.some((cidr) => networks.cidrs.some((used) => overlaps(cidr, used)))) continue
        if (await cgroupExists(plan.cgroup)) continue
        await mkdir(allocationsDir, { recursive: true })
        await writeFile(join(allocationsDir, String(index)), `${directory}\n`, { flag: 'wx' })
        return plan
      }
      throw new ClusterError(
        'NoFreeNetwork',
        `none of the ${maxClusters} networks (10.99.N.0/30, 10.244.N.0/24, 10.112+N.0.0/16) is free; ` +
          `remove clusters (cluster down --all) or the routes that use these addresses (ip route)`,
      )
    },
    { signal },
  )
}

/** The last step of removing a cluster. */
export async function release(index: number): Promise<void> {
  await rm(join(allocationsDir, String(index)), { force: true })
}
