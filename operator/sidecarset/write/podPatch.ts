import { formatDesired } from '../../../api/desired.ts'
import type { Desired, DesiredContainer } from '../../../api/desired.ts'
import {
  annotations,
  slotNames,
  slotVersionAltAnnotation,
  slotVersionAnnotation,
} from '../../../api/group.ts'
import { patchAnnotations } from '../../../api/podMetadata.ts'
import { podRevisions } from '../../../api/podRecord.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { operatorAnnotations } from '../annotationKeys.ts'
import { containerStatus, findContainer } from '../rollout/podStatus.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Revision } from '../rollout/revision.ts'
import { parseWorkingSlots } from '../rollout/workingSlots.ts'
import { formatUpgradeStates, parseUpgradeStates } from '../rollout/upgradeState.ts'
import type { UpgradeState } from '../rollout/upgradeState.ts'
import type { SlotImages } from './slotImages.ts'

/** What one PATCH of a pod changes. Everything else in the annotations stays as it is. */
export interface PodChange {
  readonly set: string
  readonly revision: Pick<Revision, 'hash' | 'name'> & Partial<Pick<Revision, 'template'>>
  readonly state: UpgradeState
  /** New entries of baton.dev/desired, by container. */
  readonly desired: Readonly<Record<string, DesiredContainer>>
  /** Slots that shall serve from now on, by container. */
  readonly working: Readonly<Record<string, string>>
  /** Slots that are reset, by container: the other one serves and moves its state from nobody. */
  readonly emptied?: Readonly<Record<string, string>>
  /** New images by container or slot. */
  readonly images: Readonly<Record<string, string>>
  readonly slotImages: SlotImages
  readonly now: number
}

/**
 * A strategic merge patch. It names the resourceVersion it was made for: if the pod has changed
 * since, the server answers Conflict and the plan is made anew.
 */
export function podPatch(view: PodView, change: PodChange): object {
  const { pod } = view
  const { set, now } = change
  const present = pod.metadata.annotations ?? {}
  const time = new Date(now).toISOString()
  const entry = {
    ...view.entry,
    hash: change.revision.hash,
    controllerRevision: change.revision.name,
    updateTimestamp: time,
  }
  const states = { ...parseUpgradeStates(present), [set]: change.state }
  const desired: Desired = {
    v: 1,
    containers: { ...view.desired?.containers, ...change.desired },
  }
  return {
    metadata: {
      resourceVersion: pod.metadata.resourceVersion,
      annotations: {
        ...patchAnnotations(present, change.revision.template?.patchPodMetadata ?? []).changed,
        [annotations.hash]: JSON.stringify({ ...podRevisions(present), [set]: entry }),
        [operatorAnnotations.upgradeState]: formatUpgradeStates(states),
        ...(view.desired === undefined ? {} : { [annotations.desired]: formatDesired(desired) }),
        ...workingAnnotations(present, change.working),
        ...emptiedAnnotations({ ...view.working, ...change.working }, change.emptied ?? {}),
        ...(Object.keys(change.slotImages).length === 0
          ? {}
          : { [operatorAnnotations.slotImages]: JSON.stringify(change.slotImages) }),
      },
    },
    ...imagesPatch(pod, change.images),
  }
}

function imagesPatch(pod: Pod, images: PodChange['images']): object {
  const lists: Record<string, { name: string; image: string }[]> = {}
  for (const [name, image] of Object.entries(images)) {
    const found = findContainer(pod, name)
    if (found !== undefined) (lists[found.list] ??= []).push({ name, image })
  }
  return Object.keys(lists).length === 0 ? {} : { spec: lists }
}

function workingAnnotations(
  present: Readonly<Record<string, string>>,
  working: PodChange['working'],
): Record<string, string> {
  if (Object.keys(working).length === 0) return {}
  const result: Record<string, string> = {
    [annotations.workingHotUpgradeContainer]: JSON.stringify({
      ...parseWorkingSlots(present),
      ...working,
    }),
  }
  for (const [container, slot] of Object.entries(working)) {
    const [first, second] = slotNames(container)
    const other = slot === first ? second : first
    const version = (name: string): number => Number(present[slotVersionAnnotation(name)] ?? 0) || 0
    const next = Math.max(version(slot), version(other)) + 1
    result[slotVersionAnnotation(slot)] = String(next)
    result[slotVersionAltAnnotation(slot)] = String(version(other))
    result[slotVersionAltAnnotation(other)] = String(next)
  }
  return result
}

function emptiedAnnotations(
  working: PodView['working'],
  emptied: Readonly<Record<string, string>>,
): Record<string, string> {
  if (Object.keys(emptied).length === 0) return {}
  const serving = Object.entries(emptied).map(([container, slot]) => {
    const [first, second] = slotNames(container)
    return [container, slot === first ? second : first] as const
  })
  const next = { ...working, ...Object.fromEntries(serving) }
  return {
    [annotations.workingHotUpgradeContainer]: JSON.stringify(next),
    ...Object.fromEntries(Object.values(emptied).map((slot) => [slotVersionAnnotation(slot), '0'])),
    ...Object.fromEntries(serving.map(([, slot]) => [slotVersionAltAnnotation(slot), '0'])),
  }
}

/** The running instances of containers, to tell later that they were replaced. */
export function instancesOf(
  pod: Pod,
  names: readonly string[],
): UpgradeState['lastContainerStatuses'] {
  return Object.fromEntries(
    names.map((name) => {
      const { imageID, containerID } = containerStatus(pod, name) ?? {}
      return [
        name,
        {
          ...(imageID === undefined ? {} : { imageID }),
          ...(containerID === undefined ? {} : { containerID }),
        },
      ]
    }),
  )
}
