import { standardProfile } from '../../test/ledger/index.ts'
import type { Environment } from '../environment/environment.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import type { Orders } from './orders.ts'
import { watchOrders } from './orders.ts'
import type { Spread } from './statistics.ts'
import { spread } from './statistics.ts'

export interface HandoverTimes {
  readonly name: string
  readonly kind: 'baton' | 'control'
  readonly runs: number
  readonly sent: number
  readonly lost: number
  /** From the PATCH of the pod until the new version serves, in seconds. */
  readonly serving: Spread
  /** From the PATCH until the old version is gone, in seconds; absent for the control. */
  readonly settled?: Spread
}

const VERSIONS = ['1.38.3', '1.39.3', '1.40.0'] as const

/** Upgrades and rollbacks of one pod under load, by the agent's own clock. */
export async function measureHandovers(
  environment: Environment,
): Promise<readonly HandoverTimes[]> {
  const { workloads } = environment
  const app = await deployMesh(environment, {
    name: 'bench-hot',
    image: workloads.envoy('1.36.4'),
    replicas: 1,
  })
  const orders = await watchOrders(environment.client, app.name)
  try {
    const load = await app.loadPods(standardProfile({ scale: 0.3 }))
    const upgrades: Times[] = []
    const swaps: Times[] = []
    let before: (typeof VERSIONS)[number] | '1.36.4' = '1.36.4'
    for (const version of VERSIONS) {
      upgrades.push(await timesOfChange(app, orders, workloads.envoy(version)))
      // Back and forth: both slots have their images now, so nothing restarts.
      swaps.push(await timesOfChange(app, orders, workloads.envoy(before)))
      swaps.push(await timesOfChange(app, orders, workloads.envoy(version)))
      before = version
    }
    const { total } = await load.stop()
    const counts = { sent: total.sent, lost: total.lost }
    return [
      { name: 'upgrade to a new image', ...summary(upgrades), ...counts },
      { name: 'rollback by swapping slots', ...summary(swaps), ...counts },
    ]
  } finally {
    await orders.stop()
    await app.remove()
  }
}

/** The same change as the kubelet alone makes it: until the new container's process runs. */
export async function measureBareRestart(environment: Environment): Promise<HandoverTimes> {
  const { workloads, cluster } = environment
  const app = await deployMesh(environment, {
    name: 'bench-cold',
    image: workloads.envoy('1.36.4'),
    replicas: 1,
    upgradeType: 'ColdUpgrade',
  })
  const orders = await watchOrders(environment.client, app.name)
  try {
    const processes = new PodProcesses(cluster)
    const load = await app.loadPods(standardProfile({ scale: 0.3 }))
    const seconds: number[] = []
    for (const version of VERSIONS) {
      const asked = Date.now()
      const generation = await app.rollout.setImage(workloads.envoy(version))
      const ordered = (): true | undefined => (orders.last() > asked ? true : undefined)
      await waitFor('the PATCH of the pod', 60_000, ordered, undefined, 5)
      const before = await processes.all()
      const started = async (): Promise<true | undefined> =>
        [...(await processes.all()).keys()].some((id) => !before.has(id)) ? true : undefined
      await waitFor('a new container', 60_000, started, undefined, 10)
      seconds.push((Date.now() - orders.last()) / 1000)
      await app.rollout.completed(generation)
    }
    const { total } = await load.stop()
    return {
      name: 'bare restart of the container',
      kind: 'control',
      runs: seconds.length,
      sent: total.sent,
      lost: total.lost,
      serving: spread(seconds),
    }
  } finally {
    await orders.stop()
    await app.remove()
  }
}

/** Seconds since the PATCH of the pod. */
interface Times {
  readonly serving: number
  readonly settled: number
}

async function timesOfChange(app: MeshApp, orders: Orders, image: string): Promise<Times> {
  await app.rollout.completed(await app.rollout.setImage(image))
  const ordered = orders.last()
  const [pod] = await app.pods()
  const { servingAt, settledAt } = await waitFor('the end of the handover', 60_000, async () => {
    const status = pod === undefined ? undefined : await agentStatus(pod)
    const handover = status?.containers['proxy']?.handover
    return handover?.settledAt === undefined ? undefined : handover
  })
  const since = (at: string | undefined): number => (Date.parse(at ?? '') - ordered) / 1000
  return { serving: since(servingAt), settled: since(settledAt) }
}

function summary(
  times: readonly Times[],
): Pick<HandoverTimes, 'kind' | 'runs' | 'serving' | 'settled'> {
  return {
    kind: 'baton',
    runs: times.length,
    serving: spread(times.map(({ serving }) => serving)),
    settled: spread(times.map(({ settled }) => settled)),
  }
}
