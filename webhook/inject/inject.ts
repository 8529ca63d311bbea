import type { InjectableSet } from './injectableSet.ts'
import { sidecarPlans } from './injectableSet.ts'
import type { WantedInterception } from './interception.ts'
import { interceptionAnnotation, sharedUserWarnings } from './interception.ts'
import type { PodAdditions } from './podAdditions.ts'
import { podAdditions } from './podAdditions.ts'
import { defaultContainer, patchedAnnotations, podAnnotations } from './podAnnotations.ts'
import type { AddOperation } from './podPatch.ts'
import { podPatch } from './podPatch.ts'
import { podSkip } from './podSkip.ts'
import type { Pod, PodNamespace } from './podTypes.ts'
import { podWarnings } from './podWarnings.ts'
import { namesInPod, setSkip } from './setSkip.ts'
import type { Skip } from './skipReasons.ts'

export interface InjectionContext {
  /** Image of the agent, with the launcher in it. */
  readonly agentImage: string
  /** Milliseconds since the epoch. */
  readonly nowMs: number
  /** The namespace of the pod, with what it says about injection. */
  readonly namespace?: PodNamespace
  /** Defaults to none. */
  readonly wantedInterception?: WantedInterception
}

export interface InjectedSet {
  readonly set: string
  readonly revision: string
  /** Containers of the set as they are named in the pod. */
  readonly containers: readonly string[]
}

export interface InjectionReport {
  readonly injected: readonly InjectedSet[]
  readonly skipped: readonly (Skip & { readonly set: string })[]
  readonly warnings: readonly string[]
}

export interface Injection {
  /** Empty when nothing is to be done: always so for a pod that was injected before. */
  readonly patch: readonly AddOperation[]
  readonly report: InjectionReport
}

/**
 * What a pod gets from the sets that select it. Pure: equal arguments give an equal patch, and the
 * order of the sets does not matter.
 * @param sets those whose selectors match the pod; see selectsPod in selection.ts
 */
export function inject(
  pod: Pod,
  sets: readonly InjectableSet[],
  context: InjectionContext,
): Injection {
  const ordered = sets.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1))
  const { accepted, skipped } = chooseSets(pod, ordered, context.namespace)
  if (accepted.length === 0) return { patch: [], report: { injected: [], skipped, warnings: [] } }
  const additions = podAdditions(pod, accepted, context.agentImage)
  const patched = patchedAnnotations(pod, accepted)
  const recorded = podAnnotations(accepted, context.nowMs)
  const annotations = {
    ...patched.changed,
    ...recorded,
    ...interceptionAnnotation(
      withAdditions(pod, additions, recorded),
      accepted,
      context.wantedInterception ?? (() => undefined),
    ),
    ...(additions.containers.first.length > 0 ? defaultContainer(pod) : {}),
  }
  return {
    patch: podPatch(pod, additions, annotations),
    report: {
      injected: accepted.map((one) => ({
        set: nameOf(one),
        revision: one.revisionName,
        containers: namesInPod(sidecarPlans(one)),
      })),
      skipped,
      warnings: [
        ...patched.problems,
        ...podWarnings(pod, accepted),
        ...sharedUserWarnings(pod, accepted),
      ],
    },
  }
}

/** The pod with what it gets, as far as that matters to those who look at its containers. */
function withAdditions(
  pod: Pod,
  { initContainers, containers }: PodAdditions,
  recorded: Readonly<Record<string, string>>,
): Pod {
  const { metadata, spec } = pod
  return {
    ...pod,
    metadata: { ...metadata, annotations: { ...metadata?.annotations, ...recorded } },
    spec: {
      ...spec,
      initContainers: [
        ...initContainers.first,
        ...(spec?.initContainers ?? []),
        ...initContainers.last,
      ],
      containers: [...containers.first, ...(spec?.containers ?? []), ...containers.last],
    },
  }
}

interface Choice {
  readonly accepted: readonly InjectableSet[]
  readonly skipped: InjectionReport['skipped']
}

function chooseSets(
  pod: Pod,
  sets: readonly InjectableSet[],
  namespace: PodNamespace | undefined,
): Choice {
  const forPod = podSkip(pod, namespace)
  const accepted: InjectableSet[] = []
  const skipped: (Skip & { set: string })[] = []
  const taken = new Map<string, string>()
  for (const candidate of sets) {
    const set = nameOf(candidate)
    const skip = forPod ?? setSkip(pod, candidate, taken, accepted)
    if (skip === undefined) {
      accepted.push(candidate)
      for (const name of namesInPod(sidecarPlans(candidate)))
        taken.set(name, `the SidecarSet ${set}`)
    } else skipped.push({ set, ...skip })
  }
  return { accepted, skipped }
}

function nameOf({ set }: InjectableSet): string {
  return set.metadata.name ?? ''
}
