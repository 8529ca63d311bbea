import { FIRST_HANDOVER, formatDesired } from '../../api/desired.ts'
import type { Desired, DesiredContainer } from '../../api/desired.ts'
import { annotations, slotNames } from '../../api/group.ts'
import type { PodRevisionEntry } from '../../api/podRecord.ts'
import { revisionHashWithoutImage, revisionTemplate } from '../../api/revision.ts'
import { slotVersions } from './environment.ts'
import type { HotContainer, InjectableSet, SidecarPlan } from './injectableSet.ts'
import { hasSlots, isHandedOver, sidecarPlans } from './injectableSet.ts'
import type { PatchedAnnotations } from '../../api/podMetadata.ts'
import { patchAnnotations } from '../../api/podMetadata.ts'
import type { Pod } from './podTypes.ts'

/**
 * Everything that injection writes down on a pod: which revisions it got, which slots work, and
 * what its agent shall do first.
 */
export function podAnnotations(
  sets: readonly InjectableSet[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const plans = sets.flatMap(sidecarPlans)
  const hot = plans.filter(({ container }) => hasSlots(container))
  return {
    [annotations.hash]: JSON.stringify(records(sets, nowMs, ({ hash }) => hash)),
    [annotations.hashWithoutImage]: JSON.stringify(
      records(sets, nowMs, ({ set }) => revisionHashWithoutImage(revisionTemplate(set.spec))),
    ),
    [annotations.injectedList]: sets.map(nameOf).join(','),
    ...(hot.length === 0 ? {} : { [annotations.workingHotUpgradeContainer]: workingSlots(hot) }),
    ...versionsOf(hot),
    ...desiredAnnotation(hot),
  }
}

/** What the sets make of the annotations that the pod's author gave it. */
export function patchedAnnotations(pod: Pod, sets: readonly InjectableSet[]): PatchedAnnotations {
  const patches = sets.flatMap(({ set }) => set.spec.patchPodMetadata ?? [])
  return patchAnnotations(pod.metadata?.annotations ?? {}, patches)
}

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container'

/** Tells kubectl that the app's container is meant by default, where others now come before it. */
export function defaultContainer(pod: Pod): Readonly<Record<string, string>> {
  const [app] = pod.spec?.containers ?? []
  const given = pod.metadata?.annotations?.[DEFAULT_CONTAINER]
  return app === undefined || given !== undefined ? {} : { [DEFAULT_CONTAINER]: app.name }
}

function nameOf({ set }: InjectableSet): string {
  return set.metadata.name ?? ''
}

function records(
  sets: readonly InjectableSet[],
  nowMs: number,
  hashOf: (set: InjectableSet) => string,
): Readonly<Record<string, PodRevisionEntry>> {
  // metav1.Time has whole seconds.
  const updateTimestamp = new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z')
  return Object.fromEntries(
    sets.map((injected) => [
      nameOf(injected),
      {
        updateTimestamp,
        hash: hashOf(injected),
        sidecarSetName: nameOf(injected),
        sidecarList: sidecarList(injected),
        controllerRevision: injected.revisionName,
      },
    ]),
  )
}

/** Containers that run beside the app: init containers that end are none. */
function sidecarList(injected: InjectableSet): readonly string[] {
  return sidecarPlans(injected)
    .filter(({ list, container }) => list === 'containers' || container.restartPolicy === 'Always')
    .map(({ container }) => container.name)
    .sort()
}

function versionsOf(hot: readonly SidecarPlan[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    hot.flatMap(({ container }) => Object.entries(slotVersions(slotNames(container.name)))),
  )
}

function workingSlots(hot: readonly SidecarPlan[]): string {
  return JSON.stringify(
    Object.fromEntries(hot.map(({ container }) => [container.name, slotNames(container.name)[0]])),
  )
}

function desiredAnnotation(hot: readonly SidecarPlan[]): Readonly<Record<string, string>> {
  const containers = hot.flatMap(({ container, hash }) =>
    isHandedOver(container) ? [[container.name, firstHandover(container, hash)] as const] : [],
  )
  if (containers.length === 0) return {}
  const desired: Desired = { v: 1, containers: Object.fromEntries(containers) }
  return { [annotations.desired]: formatDesired(desired) }
}

function firstHandover(container: HotContainer, hash: string): DesiredContainer {
  const [active] = slotNames(container.name)
  const { drain, startDeadlineSeconds, confirmSeconds } = container.upgradeStrategy.handover
  return {
    handover: FIRST_HANDOVER,
    active,
    revision: hash,
    image: container.image ?? '',
    minBoot: { [active]: 1 },
    drain,
    startDeadlineSeconds,
    confirmSeconds,
  }
}
