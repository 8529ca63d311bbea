import type { DesiredContainer } from '../../../api/desired.ts'
import { revisionName } from '../../../api/revision.ts'
import { imageOf } from '../rollout/podStatus.ts'
import type { PodView } from '../rollout/podView.ts'
import type { UpgradeState } from '../rollout/upgradeState.ts'
import { nextAttemptId } from './attemptId.ts'
import { podPatch } from './podPatch.ts'
import { parseSlotImages, rememberImage } from './slotImages.ts'

export interface RevertInput {
  readonly view: PodView
  readonly set: string
  readonly state: UpgradeState
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * The PATCH that tells a pod to stay with, or go back to, what it had before a failed upgrade. The
 * idle slot keeps the failed image: putting the old one back would meet the kubelet's back-off.
 * A cold container has no other slot, so its image does go back.
 */
export function revertPatch({ view, set, state, now }: RevertInput): object {
  const hash = state.from.revision
  const id = nextAttemptId(view, hash)
  const desired: Record<string, DesiredContainer> = {}
  for (const [name, active] of Object.entries(state.from.slots)) {
    const former = view.desired?.containers[name]
    if (former === undefined) continue
    const image = imageOf(view.pod, active) ?? former.image
    desired[name] = { ...former, handover: id, active, revision: hash, image }
  }
  const images = state.step === 'cold' ? changedImages(view, state.from.images) : {}
  const slotImages = Object.entries(images).reduce(
    (known, [slot, image]) => rememberImage(known, view.pod, { slot, image, now }),
    parseSlotImages(view.pod),
  )
  return podPatch(view, {
    set,
    revision: { hash, name: revisionName(set, hash) },
    state: { ...state, reverted: true },
    desired,
    working: state.from.slots,
    images,
    slotImages,
    now,
  })
}

function changedImages(
  view: PodView,
  images: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(images).filter(([name, image]) => imageOf(view.pod, name) !== image),
  )
}
