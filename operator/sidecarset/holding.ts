import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { isGatewaySetName } from '../../api/gateway/subject.ts'
import type { Expectations } from '../../runtime/controller/expectations.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { SubjectWriter } from '../gateway/subjects.ts'
import { isHeld, setHeld } from './finalizer.ts'
import { createPodBackoff } from './write/podBackoff.ts'

export interface HoldingOptions {
  readonly sets: SubjectWriter
  /** Is told of each write, so that an older cache is not believed. */
  readonly written: Pick<Expectations, 'expect'>
  readonly clock: { now(): number }
  readonly logger: Logger
}

/** Keeps a set from being deleted while an upgrade goes on in its pods, by a finalizer. */
export interface Holding {
  /**
   * Resolves to true when the set was written. False when it is held already, or cannot be, as when
   * nobody answers for the webhook that sees every write on it: then the rollout goes on all the
   * same, for pods are finished without their set as well. Errors: ApiError Conflict.
   */
  hold(set: StoredSidecarSet, signal: AbortSignal): Promise<boolean>
  /** Lets go of a set that is held. Errors: ApiError. */
  release(set: StoredSidecarSet, signal: AbortSignal): Promise<void>
}

export function createHolding({ sets, written, clock, logger }: HoldingOptions): Holding {
  const refusals = createPodBackoff(clock)
  const write = async (
    set: StoredSidecarSet,
    isToBeHeld: boolean,
    signal: AbortSignal,
  ): Promise<void> => {
    const after = await setHeld(sets, set, isToBeHeld, signal)
    written.expect(set.metadata.name, after.metadata.resourceVersion ?? '')
  }
  return {
    hold: async (set, signal) => {
      const { name } = set.metadata
      // The pods of a gateway go with it: there is nothing to finish in them.
      if (isGatewaySetName(name) || isHeld(set) || refusals.blocked().has(name)) return false
      try {
        await write(set, true, signal)
        refusals.forget(name)
        return true
      } catch (error) {
        if (signal.aborted || isApiError(error, 'Conflict')) throw error
        const retryAfterMs = refusals.refused(name)
        logger.warn('finalizer cannot be written', { set: name, retryAfterMs, error })
        return false
      }
    },
    release: async (set, signal) => {
      if (isHeld(set)) await write(set, false, signal)
    },
  }
}
