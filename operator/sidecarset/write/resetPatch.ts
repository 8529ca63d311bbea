import { revisionName } from '../../../api/revision.ts'
import type { PodView } from '../rollout/podView.ts'
import type { UpgradeState } from '../rollout/upgradeState.ts'
import { instancesOf, podPatch } from './podPatch.ts'
import { firstResize, rememberAll } from './upgradePatch.ts'
import type { PodWrite } from './upgradePatch.ts'

export interface ResetInput {
  readonly view: PodView
  readonly set: string
  readonly state: UpgradeState
  /** Resizes are refused here: none is asked for. Defaults to false. */
  readonly withoutResize?: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The PATCH that makes the old slots of sidecars idle that have migrated to their new ones. */
export function resetWrite(input: ResetInput): PodWrite {
  const { view, set, state, now } = input
  const migrating = Object.entries(state.migrating ?? {})
  const moved = migrating.filter(([, { withdrawn }]) => withdrawn !== true)
  const images = Object.fromEntries(moved.map(([, { from, emptyImage }]) => [from, emptyImage]))
  const resize = firstResize(input, images)
  if (resize !== undefined) return { kind: 'resize', patch: resize }
  const patch = podPatch(view, {
    set,
    revision: { hash: state.revision, name: revisionName(set, state.revision) },
    state: {
      ...state,
      step: 'reset',
      updateTimestamp: new Date(now).toISOString(),
      lastContainerStatuses: {
        ...state.lastContainerStatuses,
        ...instancesOf(view.pod, Object.keys(images)),
      },
    },
    desired: {},
    working: {},
    emptied: Object.fromEntries(moved.map(([container, { from }]) => [container, from])),
    images,
    slotImages: rememberAll(view, images, now),
    now,
  })
  return { kind: 'patch', patch }
}
