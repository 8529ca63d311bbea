import { SYSTEM_NAMESPACE } from '../../../api/group.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { PODS } from '../../../runtime/client/kinds.ts'
import type { Environment } from '../../environment/environment.ts'
import { PodProcesses } from '../../observe/processes.ts'

export interface MemorySample {
  readonly admissions: number
  /** KiB of the larger of both webhook replicas. */
  readonly residentKib: number
  readonly anonymousKib: number
}

const AT_ONCE = 8

/**
 * Memory of the webhook over many admissions of one pod, which several clients create at once.
 * @param samples how many readings after the first
 */
export async function measureMemory(
  { client, cluster }: Environment,
  pod: Pod,
  admissions: number,
  samples: number,
  log: (line: string) => void,
): Promise<readonly MemorySample[]> {
  const processes = new PodProcesses(cluster)
  const { items } = await client.resource(PODS).list({ namespace: SYSTEM_NAMESPACE })
  const webhooks = items.filter(({ metadata }) => metadata.name.startsWith('baton-webhook'))
  const sample = async (done: number): Promise<MemorySample> => {
    const texts = await Promise.all(
      webhooks.map((one) => processes.procFile(one, one.spec?.containers[0]?.name ?? '', 'status')),
    )
    const most = (key: string): number => Math.max(...texts.map((text) => field(text, key)))
    return { admissions: done, residentKib: most('VmRSS'), anonymousKib: most('RssAnon') }
  }
  const result = [await sample(0)]
  const step = Math.ceil(admissions / samples)
  for (let done = step; done <= admissions; done += step) {
    let left = step
    const createAll = async (): Promise<void> => {
      for (; left > 0; left -= 1) await client.resource(PODS).create(pod, { dryRun: true })
    }
    await Promise.all(Array.from({ length: AT_ONCE }, createAll))
    result.push(await sample(done))
    log(`${done} of ${admissions} admissions`)
  }
  return result
}

function field(text: string, key: string): number {
  return Number(new RegExp(`^${key}:\\s*(\\d+) kB`, 'm').exec(text)?.[1] ?? 0)
}
