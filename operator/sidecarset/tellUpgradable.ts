import type { Client } from '../../runtime/client/client.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Expectations } from '../../runtime/controller/expectations.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { eachLimited } from './eachLimited.ts'
import type { Decision } from './rollout/decision.ts'
import type { PodBackoff } from './write/podBackoff.ts'
import { upgradablePatch } from './write/upgradableCondition.ts'

export interface UpgradableTellerOptions {
  readonly client: Client
  readonly clock: { now(): number }
  readonly logger: Logger
  readonly backoff: PodBackoff
  readonly written: Pick<Expectations, 'expect'>
}

const WRITES_AT_A_TIME = 8

/** @returns true when some pod could not be told, and has to be later */
export type UpgradableTeller = (
  set: string,
  decisions: readonly Decision[],
  signal: AbortSignal,
) => Promise<boolean>

/** Says on pods that rest whether they can be upgraded in place. Who reads it can wait. */
export function createUpgradableTeller(options: UpgradableTellerOptions): UpgradableTeller {
  const { client, clock, logger, backoff, written } = options
  return async (set, decisions, signal) => {
    let isLeft = false
    const now = clock.now()
    const untold = decisions.flatMap((one) => {
      if (one.kind !== 'none') return []
      const { view, reason } = one
      const patch = upgradablePatch(view.pod, set, reason !== 'NotUpgradableInPlace', now)
      return patch === undefined ? [] : [{ view, patch }]
    })
    await eachLimited(untold, WRITES_AT_A_TIME, async ({ view: { pod, key }, patch }) => {
      if (backoff.blocked().has(key)) {
        isLeft = true
        return
      }
      const call = { signal, subresource: 'status' } as const
      try {
        const after = await client.resource(PODS).strategicPatch(pod.metadata, patch, call)
        written.expect(key, after.metadata.resourceVersion ?? '')
      } catch (error) {
        if (signal.aborted) throw error
        // A pod that has changed is looked at again.
        if (isApiError(error, 'NotFound', 'Conflict')) return
        isLeft = true
        const retryAfterMs = backoff.refused(key)
        logger.warn('pod cannot be written', { set, pod: key, retryAfterMs, error })
      }
    })
    return isLeft
  }
}
