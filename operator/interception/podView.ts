import { AGENT_CONTAINER, GROUP, annotations } from '../../api/group.ts'
import { IPTABLES_CONTAINER, parseInterception } from '../../api/interception/desired.ts'
import type { Interception } from '../../api/interception/desired.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import { containerStatus, findContainer, isReady } from '../sidecarset/rollout/podStatus.ts'
import { recordOf } from './record.ts'
import type { ToggleRecord } from './record.ts'

/** When the operator told the pod what is in baton.dev/interception; RFC 3339. */
export const ORDERED_ANNOTATION = `${GROUP}/interception-ordered`

/** One pod as interception sees it: everything that was written down about it, parsed. */
export interface PodView {
  /** namespace/name */
  readonly key: string
  readonly pod: Pod
  readonly ready: boolean
  /** Was it injected with the init container that makes toggles possible? */
  readonly switchable: boolean
  /** What it was told; undefined when it was told nothing, or nothing that can be read. */
  readonly written: Interception | undefined
  /** When the operator ordered it, in milliseconds since the epoch; undefined at creation. */
  readonly orderedAt: number | undefined
  /** When the agent's container started; undefined while it does not run. */
  readonly agentSince: number | undefined
  /** How what it was told ended; undefined while that is open. */
  readonly record: ToggleRecord | undefined
}

/** @param parse defaults to the parser of the annotation; errors count as nothing written */
export function viewPod(pod: Pod, parse = parseInterception): PodView {
  const written = writtenOn(pod, parse)
  const record = recordOf(pod)
  return {
    key: keyOf(pod),
    pod,
    ready: isReady(pod),
    switchable: findContainer(pod, IPTABLES_CONTAINER) !== undefined,
    written,
    orderedAt: timeOf(pod.metadata.annotations?.[ORDERED_ANNOTATION]),
    agentSince: timeOf(containerStatus(pod, AGENT_CONTAINER)?.state?.running?.startedAt),
    record: record !== undefined && record.id === written?.id ? record : undefined,
  }
}

/** What is written on a pod; undefined when that is nothing, or nothing that can be read. */
export function writtenOn(pod: Pod, parse = parseInterception): Interception | undefined {
  const text = pod.metadata.annotations?.[annotations.interception]
  if (text === undefined) return undefined
  try {
    return parse(text)
  } catch {
    return undefined
  }
}

function timeOf(text: string | undefined): number | undefined {
  const time = Date.parse(text ?? '')
  return Number.isNaN(time) ? undefined : time
}
