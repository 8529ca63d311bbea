import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import { until } from '../../launcher/testing/until.ts'
import type { SlotName } from './hotPod.ts'
import { SLOTS } from './hotPod.ts'
import type { HotPod } from './hotPod.ts'

/** Waits until the process of one slot serves, the file says so, and nothing else is under way. */
export async function rests(
  pod: HotPod,
  slot: SlotName,
  deadlineMs = 60_000,
): Promise<AgentContainerStatus> {
  let last: AgentContainerStatus | undefined
  const isAtRest = async (): Promise<AgentContainerStatus | undefined> => {
    last = await pod.container()
    const { active, phase, slots } = last
    const ended = phase === 'Settled' || phase === 'Aborted' || phase === 'FailedOver'
    const alone = SLOTS.every((name) => slots[name]?.running === (name === slot))
    return ended && alone && active === slot && pod.activeFile === slot ? last : undefined
  }
  try {
    const container = await until(`${slot} serves alone`, isAtRest, deadlineMs)
    for (const other of SLOTS) if (other !== slot) await pod.idles(other)
    return container
  } catch (cause) {
    throw new Error(`not at rest: ${JSON.stringify(last)}\n${pod.output}`, { cause })
  }
}
