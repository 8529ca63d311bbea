import type { AgentStatus } from '../../api/agentStatus.ts'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { NO_VERDICTS } from '../../operator/sidecarset/analysis/verdict.ts'
import { PREFETCH_IMAGE } from '../../operator/sidecarset/prefetch/prefetchPod.ts'
import { readPrefetch } from '../../operator/sidecarset/prefetch/readPrefetch.ts'
import { planRevisions } from '../../operator/sidecarset/revisions/planRevisions.ts'
import { planRollout } from '../../operator/sidecarset/rollout/plan.ts'
import type { RolloutPlan } from '../../operator/sidecarset/rollout/plan.ts'
import { containerStatus } from '../../operator/sidecarset/rollout/podStatus.ts'
import type { Revision } from '../../operator/sidecarset/rollout/revision.ts'
import type { ImageState } from '../../operator/sidecarset/rollout/starts.ts'
import type { ControllerRevision, Pod } from '../../runtime/client/kinds.ts'

/** What was read of one set and its pods. */
export interface RolloutFacts {
  readonly set: StoredSidecarSet
  /** Pods that its selectors match. */
  readonly pods: readonly Pod[]
  readonly revisions: readonly ControllerRevision[]
  readonly prefetchPods: readonly Pod[]
  /** Answers of agents, by pod key. */
  readonly agents: ReadonlyMap<string, AgentStatus>
  /** What could not be read, in sentences. */
  readonly notes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface Rollout extends RolloutFacts {
  readonly latest: Revision
  readonly current: Revision | undefined
  readonly known: ReadonlyMap<string, Revision>
  /** What the operator would do now, by its own code. */
  readonly plan: RolloutPlan
}

/** Looks at the facts as the operator does. Pure: what it decides is told, never done. */
export function lookAt(facts: RolloutFacts): Rollout {
  const { set, pods, agents, now } = facts
  const { latest, known } = planRevisions({
    set,
    existing: facts.revisions,
    inUse: new Set(),
    namespace: '',
  })
  const current = known.get(set.status?.currentRevision ?? '')
  const plan = planRollout({
    set: {
      name: set.metadata.name,
      strategy: applyDefaults(set.spec).updateStrategy,
      status: set.status ?? {},
      command: undefined,
    },
    verdicts: NO_VERDICTS,
    revisions: { latest, current, known },
    pods,
    leaving: [],
    agents,
    imageState: (node, image) => imageState(facts, node, image),
    // What only the operator's memory holds is not known here.
    unwritable: new Set(),
    refusal: () => undefined,
    resizes: new Map(),
    now,
  })
  return { ...facts, latest, current, known, plan }
}

function imageState(
  { set, pods, prefetchPods, now }: RolloutFacts,
  node: string,
  image: string,
): ImageState {
  const inUse = pods.some(
    (pod) =>
      pod.spec?.nodeName === node &&
      [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].some(
        (one) =>
          one.image === image && containerStatus(pod, one.name)?.state?.running !== undefined,
      ),
  )
  const prefetch = prefetchPods.find(
    ({ spec, metadata }) =>
      spec?.nodeName === node && metadata.annotations?.[PREFETCH_IMAGE] === image,
  )
  // Its pods go once the image is there.
  if (inUse || prefetch === undefined) return { kind: 'present' }
  const deadlineSeconds = set.spec.updateStrategy?.progressDeadlineSeconds ?? 600
  return readPrefetch(prefetch, { now, deadlineSeconds })
}
