import type { HandoverStatus } from '../../api/agentStatus.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import type { Environment } from '../environment/environment.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import type { Spread } from './statistics.ts'
import { spread } from './statistics.ts'

export interface HandoverTimes {
  readonly name: string
  readonly kind: 'baton' | 'control'
  readonly runs: number
  readonly sent: number
  readonly lost: number
  /** From the change of the SidecarSet until the new version serves, in seconds. */
  readonly serving: Spread
  /** From the change until the old version is gone, in seconds; absent for the control. */
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
  try {
    const load = await app.loadPods(standardProfile({ scale: 0.3 }))
    const upgrades: HandoverStatus[] = []
    const rollbacks: HandoverStatus[] = []
    const changes: Date[] = []
    const undone: Date[] = []
    let before: (typeof VERSIONS)[number] | '1.36.4' = '1.36.4'
    for (const version of VERSIONS) {
      changes.push(new Date())
      upgrades.push(await handoverTo(app, workloads.envoy(version)))
      undone.push(new Date())
      rollbacks.push(await handoverTo(app, workloads.envoy(before)))
      changes.push(new Date())
      upgrades.push(await handoverTo(app, workloads.envoy(version)))
      before = version
    }
    const { total } = await load.stop()
    const counts = { sent: total.sent, lost: total.lost }
    return [
      timesOf('upgrade', upgrades, changes, counts),
      timesOf('rollback by swapping slots', rollbacks, undone, counts),
    ]
  } finally {
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
  try {
    const processes = new PodProcesses(cluster)
    const load = await app.loadPods(standardProfile({ scale: 0.3 }))
    const seconds: number[] = []
    for (const version of VERSIONS) {
      const [pod] = await app.pods()
      if (pod === undefined) throw new Error('the app has no pod')
      const old = await processes.main(pod, 'proxy')
      const began = Date.now()
      const generation = await app.rollout.setImage(workloads.envoy(version))
      await waitFor('a new process', 60_000, async () => {
        const [fresh] = await app.pods()
        const pid =
          fresh === undefined
            ? undefined
            : await processes.main(fresh, 'proxy').catch(() => undefined)
        return pid === undefined || pid === old ? undefined : pid
      })
      seconds.push((Date.now() - began) / 1000)
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
    await app.remove()
  }
}

async function handoverTo(app: MeshApp, image: string): Promise<HandoverStatus> {
  await app.rollout.completed(await app.rollout.setImage(image))
  const [pod] = await app.pods()
  return waitFor('the end of the handover', 60_000, async () => {
    const status = pod === undefined ? undefined : await agentStatus(pod)
    const handover = status?.containers['proxy']?.handover
    return handover?.settledAt === undefined ? undefined : handover
  })
}

function timesOf(
  name: string,
  handovers: readonly HandoverStatus[],
  changes: readonly Date[],
  counts: { readonly sent: number; readonly lost: number },
): HandoverTimes {
  const since = (at: string | undefined, index: number): number =>
    (Date.parse(at ?? '') - (changes[index]?.getTime() ?? 0)) / 1000
  return {
    name,
    kind: 'baton',
    runs: handovers.length,
    ...counts,
    serving: spread(handovers.map(({ servingAt }, index) => since(servingAt, index))),
    settled: spread(handovers.map(({ settledAt }, index) => since(settledAt, index))),
  }
}
