import type { AgentStatus } from '../../api/agentStatus.ts'
import { AGENT_CONTAINER } from '../../api/group.ts'
import { podRevisions } from '../../api/podRecord.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import {
  containerStatus,
  findContainer,
  isOver,
  isReady,
} from '../../operator/sidecarset/rollout/podStatus.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import { failed, ok, skipped, warning } from './result.ts'
import type { Seen } from './result.ts'

/** Pods that have an agent. */
export function podsWithAgent(pods: readonly Pod[]): readonly Pod[] {
  return pods.filter((pod) => !isOver(pod) && findContainer(pod, AGENT_CONTAINER) !== undefined)
}

/** Do the agents run? */
export function checkAgentsRun(pods: readonly Pod[]): Seen {
  const down = pods.filter(
    (pod) =>
      pod.status?.phase === 'Running' &&
      containerStatus(pod, AGENT_CONTAINER)?.state?.running === undefined,
  )
  return down.length === 0
    ? ok(`the agents of ${pods.length} pods run`)
    : failed(`the agents of ${some(down)} do not run: these pods are not upgraded`)
}

/** Which agents are there: an agent is only replaced together with its pod. */
export function checkAgentVersions(pods: readonly Pod[], wanted: string | undefined): Seen {
  const images = Map.groupBy(
    pods,
    (pod) => findContainer(pod, AGENT_CONTAINER)?.container.image ?? '',
  )
  const list = [...images].map(([image, members]) => `${image} in ${members.length}`).join(', ')
  if (pods.length === 0) return ok('no pod has an agent yet')
  const others = wanted === undefined ? [] : [...images.keys()].filter((one) => one !== wanted)
  return others.length === 0
    ? ok(`agents: ${list} pods`)
    : warning(`agents of several versions: ${list} pods; new pods get ${wanted ?? ''}`)
}

/** Do the agents that were asked answer, and do they say that all is well? */
export function checkAgentsAnswer(
  asked: readonly Pod[],
  answers: ReadonlyMap<string, AgentStatus>,
): Seen {
  if (asked.length === 0) return skipped('no pod with an agent is ready')
  const silent = asked.filter((pod) => !answers.has(keyOf(pod)))
  if (silent.length === 0) return ok(`${asked.length} agents that were asked answer`)
  return warning(
    `${some(silent)} of ${asked.length} pods that were asked do not answer by way of the API server`,
  )
}

/** What agents report as wrong: queues that nobody reads, and processes that hold no listener. */
export function checkQueues(answers: ReadonlyMap<string, AgentStatus>): Seen {
  const stuck = [...answers].flatMap(([pod, { containers }]) =>
    Object.entries(containers).flatMap(([name, { stuckQueues = [], blocked }]) => [
      ...stuckQueues.map(
        ({ address, waiting, seconds }) =>
          `${pod} ${name}: ${waiting} connections wait at ${address} for ${seconds} s`,
      ),
      ...(blocked === undefined ? [] : [`${pod} ${name}: ${blocked}`]),
    ]),
  )
  const [first] = stuck
  return first === undefined
    ? ok('no listener is left unread')
    : failed(`${first}${stuck.length > 1 ? `, and ${stuck.length - 1} more` : ''}`)
}

/** Are pods left that a set was injected into that is gone? */
export function checkOrphans(pods: readonly Pod[], sets: readonly StoredSidecarSet[]): Seen {
  const known = new Set(sets.map(({ metadata }) => metadata.name))
  const orphans = pods.filter((pod) =>
    Object.keys(podRevisions(pod.metadata.annotations)).some((name) => !known.has(name)),
  )
  return orphans.length === 0
    ? ok('every sidecar belongs to a SidecarSet')
    : warning(`${some(orphans)} have sidecars of a SidecarSet that is gone: nobody upgrades them`)
}

/** Pods that are worth asking, at most so many: the same ones each time. */
export function sampleOf(pods: readonly Pod[], most: number): readonly Pod[] {
  const ready = pods.filter(isReady)
  const step = Math.max(1, Math.ceil(ready.length / most))
  return ready.filter((_, index) => index % step === 0)
}

function some(pods: readonly Pod[]): string {
  const names = pods.slice(0, 3).map(keyOf)
  return `${names.join(', ')}${pods.length > 3 ? ` and ${pods.length - 3} more` : ''}`
}
