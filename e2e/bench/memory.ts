import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Environment } from '../environment/environment.ts'
import { agentStatus } from '../observe/agents.ts'
import { PodProcesses } from '../observe/processes.ts'
import { deployMesh } from '../workload/deploy.ts'

export interface ProcessMemory {
  readonly name: string
  readonly kind: 'baton' | 'control'
  readonly residentKib: number
  /** What is the process's alone: without pages of files, which processes share. */
  readonly anonymousKib: number
}

/** Memory of every process of Baton: in an app's pod, and in its own namespace. */
export async function measureMemory(environment: Environment): Promise<readonly ProcessMemory[]> {
  const { client, cluster, workloads } = environment
  const processes = new PodProcesses(cluster)
  const app = await deployMesh(environment, {
    name: 'bench-memory',
    image: workloads.envoy('1.40.0'),
    replicas: 1,
  })
  try {
    const [pod] = await app.pods()
    if (pod === undefined) throw new Error('the app has no pod')
    const active = (await agentStatus(pod))?.containers['proxy']?.active ?? 'proxy-1'
    const standby = active === 'proxy-1' ? 'proxy-2' : 'proxy-1'
    const main = (name: string, of: Pod, container: string): Promise<ProcessMemory> =>
      memoryOf(name, () => processes.procFile(of, container, 'status'))
    const child = async (name: string, container: string): Promise<ProcessMemory> => {
      const [pid = 0] = await processes.children(pod, container)
      return memoryOf(name, async () => {
        const { stdout } = await cluster.enter(['cat', `/proc/${pid}/status`])
        return stdout
      })
    }
    const rows = [
      await main('launcher, active slot', pod, active),
      await main('launcher, standby slot', pod, standby),
      await main('launcher, keeper', pod, 'baton-agent'),
      await child('agent', 'baton-agent'),
      { ...(await child('Envoy 1.40.0, idle', active)), kind: 'control' as const },
    ]
    const { items } = await client.resource(PODS).list({ namespace: SYSTEM_NAMESPACE })
    for (const own of items) {
      const [container] = own.spec?.containers ?? []
      if (own.status?.phase !== 'Running' || container === undefined) continue
      rows.push(await main(own.metadata.name.split('-').slice(0, 2).join('-'), own, container.name))
    }
    return rows
  } finally {
    await app.remove()
  }
}

async function memoryOf(name: string, status: () => Promise<string>): Promise<ProcessMemory> {
  const text = await status()
  const field = (key: string): number =>
    Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
  return { name, kind: 'baton', residentKib: field('VmRSS'), anonymousKib: field('RssAnon') }
}
