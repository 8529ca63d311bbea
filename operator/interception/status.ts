import { isDeepStrictEqual } from 'node:util'
import { defaultInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { TrafficInterceptionStatus } from '../../api/v1beta1/trafficinterception.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import { timed } from '../sidecarset/status/timed.ts'
import { judgeInterception } from './conditions.ts'
import type { LostPods } from './conditions.ts'
import type { InterceptionSummary } from './summary.ts'

export interface StatusInput {
  readonly object: StoredTrafficInterception
  readonly summary: InterceptionSummary
  readonly lost: LostPods
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** The status that says what is so now. Equal to the old one when nothing is new. */
export function nextStatus({ object, summary, lost, now }: StatusInput): TrafficInterceptionStatus {
  const { status: before = {} } = object
  const generation = object.metadata.generation ?? 0
  const spec = defaultInterception(object.spec)
  const currentState = summary.complete
    ? spec.enabled
      ? 'Enabled'
      : 'Disabled'
    : before.currentState
  return {
    observedGeneration: generation,
    matchedPods: summary.matched,
    enabledPods: summary.enabled,
    disabledPods: summary.disabled,
    switchingPods: summary.switching,
    failedPods: summary.failed,
    bypassedPods: summary.bypassed,
    ...(currentState === undefined ? {} : { currentState }),
    conditions: judgeInterception({ spec, summary, lost }).map((one) =>
      timed(one, before.conditions, generation, now),
    ),
  }
}

/**
 * Patches the status if it is another. Gives the object as it is then, or undefined when nothing was
 * written. Errors: ApiError; Conflict when the object has changed.
 */
export async function writeStatus(
  resource: ResourceClient<StoredTrafficInterception>,
  object: StoredTrafficInterception,
  next: TrafficInterceptionStatus,
  signal: AbortSignal,
): Promise<StoredTrafficInterception | undefined> {
  if (isDeepStrictEqual({ ...object.status, ...next }, { ...object.status })) return undefined
  const { name, namespace, resourceVersion } = object.metadata
  const patch = { metadata: { resourceVersion }, status: next }
  return resource.mergePatch({ name, namespace }, patch, { signal, subresource: 'status' })
}
