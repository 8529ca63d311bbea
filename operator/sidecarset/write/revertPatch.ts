import type { DesiredContainer } from '../../../api/desired.ts'
import { revisionName } from '../../../api/revision.ts'
import { imageOf } from '../rollout/podStatus.ts'
import type { PodView } from '../rollout/podView.ts'
import type { UpgradeState } from '../rollout/upgradeState.ts'
import { nextAttemptId } from './attemptId.ts'
import { podPatch } from './podPatch.ts'
import { firstResize, rememberAll } from './upgradePatch.ts'
import type { PodWrite } from './upgradePatch.ts'

export interface RevertInput {
  readonly view: PodView
  readonly set: string
  readonly state: UpgradeState
  /** Resizes are refused here: none is asked for. Defaults to false. */
  readonly withoutResize?: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/**
 * The PATCH that tells a pod to stay with, or go back to, what it had before a failed upgrade, or the
 * resize that must come before it. The idle slot of a handover keeps the failed image: only its
 * launcher runs. That of a sidecar that migrates by itself becomes idle again, and a cold container
 * has no other slot, so there images do go back.
 */
export function revertWrite(input: RevertInput): PodWrite {
  const { view, set, state, now } = input
  const hash = hashAfter(state)
  const id = nextAttemptId(view, hash)
  const desired: Record<string, DesiredContainer> = {}
  for (const [name, active] of Object.entries(state.from.slots)) {
    const former = view.desired?.containers[name]
    if (former === undefined) continue
    const image = imageOf(view.pod, active) ?? former.image
    desired[name] = { ...former, handover: id, active, revision: hash, image }
  }
  const images = changedImages(view, imagesBefore(state))
  const resize = firstResize(input, images)
  if (resize !== undefined) return { kind: 'resize', patch: resize }
  const patch = podPatch(view, {
    set,
    revision: { hash, name: revisionName(set, hash === MIXED ? state.revision : hash) },
    state: { ...state, reverted: true },
    desired,
    working: state.from.slots,
    emptied: slotsToEmpty(state),
    images,
    slotImages: rememberAll(view, images, now),
    now,
  })
  return { kind: 'patch', patch }
}

/** What is neither the one nor the other: hot containers have moved on, cold ones have not. */
const MIXED = 'mixed'

/** A sidecar whose new slot serves stays there: it cannot go back without another migration. */
function hashAfter({ step, from, revision, hot, migrating = {} }: UpgradeState): string {
  const hasMoved = Object.values(migrating).some(({ withdrawn }) => withdrawn !== true)
  if (step === 'hot' || !(hasMoved || step === 'reset')) return from.revision
  return Object.keys(from.images).length + hot.length === 0 ? revision : MIXED
}

/** Images to go back to, by container or slot. */
function imagesBefore({ step, from, migrating = {} }: UpgradeState): Record<string, string> {
  if (step === 'cold') return from.images
  const moves = Object.values(migrating).filter(({ withdrawn }) => withdrawn !== true)
  return Object.fromEntries(moves.map((one) => [step === 'hot' ? one.to : one.from, one.idleImage]))
}

function slotsToEmpty({ step, migrating = {} }: UpgradeState): Record<string, string> {
  if (step === 'cold') return {}
  return Object.fromEntries(
    Object.entries(migrating).map(([container, { from, to, withdrawn }]) => [
      container,
      step === 'hot' && withdrawn !== true ? to : from,
    ]),
  )
}

function changedImages(
  view: PodView,
  images: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(images).filter(([name, image]) => imageOf(view.pod, name) !== image),
  )
}
