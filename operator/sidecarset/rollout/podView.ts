import { parseDesired } from '../../../api/desired.ts'
import type { Desired } from '../../../api/desired.ts'
import { POD_CONDITION, annotations } from '../../../api/group.ts'
import { podRevisions } from '../../../api/podRecord.ts'
import type { PodRevisionEntry } from '../../../api/podRecord.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { keyOf } from '../../../runtime/client/objects.ts'
import { isReady } from './podStatus.ts'
import { parseResults } from './recordedResult.ts'
import type { RecordedResult } from './recordedResult.ts'
import { parseUpgradeStates } from './upgradeState.ts'
import type { UpgradeState } from './upgradeState.ts'
import { parseWorkingSlots } from './workingSlots.ts'

/** One pod as the rollout of one set sees it: everything that was written down about it, parsed. */
export interface PodView {
  /** namespace/name */
  readonly key: string
  readonly pod: Pod
  readonly ready: boolean
  /** What of the set is in the pod. */
  readonly entry: PodRevisionEntry
  /** Of the template that is in the pod, but for what an upgrade in place can change. */
  readonly hashWithoutImage: string | undefined
  readonly desired: Desired | undefined
  /** Slots in use, by hot container. */
  readonly working: Readonly<Record<string, string>>
  /** The last upgrade, if there was one. */
  readonly state: UpgradeState | undefined
  /** How that upgrade ended. */
  readonly result: RecordedResult | undefined
  /**
   * `inFlight`: an upgrade was begun and has no result yet. `toRevert`: it failed, and the pod was
   * not yet told to go back.
   */
  readonly stage: 'resting' | 'inFlight' | 'toRevert'
}

/** Undefined when the set was not injected into the pod. */
export function viewPod(pod: Pod, set: string): PodView | undefined {
  const entry = podRevisions(pod.metadata.annotations)[set]
  if (entry === undefined) return undefined
  const state = parseUpgradeStates(pod.metadata.annotations)[set]
  const condition = pod.status?.conditions?.find((one) => one.type === POD_CONDITION)
  const results = parseResults(condition?.message)
  const result = state?.id === undefined ? undefined : results.find((one) => one.id === state.id)
  const fixed = podRevisions(pod.metadata.annotations, annotations.hashWithoutImage)
  return {
    key: keyOf(pod),
    pod,
    ready: isReady(pod),
    entry,
    hashWithoutImage: fixed[entry.sidecarSetName]?.hash,
    desired: readDesired(pod),
    working: parseWorkingSlots(pod.metadata.annotations),
    state,
    result,
    stage: stageOf(state, result),
  }
}

function stageOf(
  state: UpgradeState | undefined,
  result: RecordedResult | undefined,
): PodView['stage'] {
  if (state?.id === undefined || state.reverted === true) return 'resting'
  if (result === undefined) return 'inFlight'
  return result.outcome === 'failed' ? 'toRevert' : 'resting'
}

function readDesired(pod: Pod): Desired | undefined {
  const text = pod.metadata.annotations?.[annotations.desired]
  if (text === undefined) return undefined
  try {
    return parseDesired(text)
  } catch {
    return undefined
  }
}
