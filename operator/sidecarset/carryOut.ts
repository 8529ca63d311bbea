import type { HandoverStatus } from '../../api/agentStatus.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { HandoverTotals } from '../../api/v1beta1/sidecarset.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Expectations } from '../../runtime/controller/expectations.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { SidecarSetMetrics } from '../metrics.ts'
import { announce } from './announce.ts'
import { eachLimited } from './eachLimited.ts'
import { isRefusal, refusalSentence } from './resize/refusal.ts'
import type { ResizeMemory } from './resize/resizeMemory.ts'
import { resizeId } from './resize/resizeMemory.ts'
import { isSuccess } from './rollout/decision.ts'
import type { Decision } from './rollout/decision.ts'
import { hasMoved } from './rollout/handoverSentence.ts'
import type { PodView } from './rollout/podView.ts'
import { NO_HANDOVERS, addTotals, totalsOf } from './status/handoverTotals.ts'
import type { PodBackoff } from './write/podBackoff.ts'
import type { PodWriter, WritingDecision } from './write/podWriter.ts'
import { isOutcomeUnknown } from './write/unknownWrites.ts'
import type { UnknownWrites } from './write/unknownWrites.ts'

export interface CarrierOptions {
  readonly writePod: PodWriter
  /** Is told of each write, so that an older cache is not believed. */
  readonly written: Expectations
  readonly backoff: PodBackoff
  readonly unknown: UnknownWrites
  readonly resizes: ResizeMemory
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly metrics: SidecarSetMetrics
  readonly clock: Clock
  readonly logger: Logger
  /** Pods written at the same time. Defaults to 16. */
  readonly podsAtATime?: number
}

/** Whose pods are written; `set` is undefined when it is gone. */
export interface Owner {
  readonly name: string
  readonly set: StoredSidecarSet | undefined
}

/** Writes decisions into pods, and keeps account of what came of them. */
export interface Carrier {
  /**
   * One pod that cannot be written does not stop the others. Resolves to whether there is more to
   * write, by a new look.
   */
  carryOut(owner: Owner, decisions: readonly Decision[], signal: AbortSignal): Promise<boolean>
  /** Handovers recorded since {@link forgetTotals}. Lost with the process, no more. */
  totals(set: string): HandoverTotals
  forgetTotals(set: string): void
}

type ResizeDecision = Extract<WritingDecision, { kind: 'resize' | 'endBackOff' }>

function isResize(decision: WritingDecision): decision is ResizeDecision {
  return decision.kind === 'resize' || decision.kind === 'endBackOff'
}

function isNoStart({ kind }: WritingDecision): boolean {
  return kind !== 'startUpgrade' && kind !== 'swapBack'
}

/** From the first write on; undefined in pods that an older operator began to upgrade. */
function upgradeSeconds({ state }: PodView, now: number): number | undefined {
  return state?.startedAt === undefined ? undefined : (now - Date.parse(state.startedAt)) / 1000
}

const PODS_AT_A_TIME = 16
/** Then the world is looked at again: results of the first are there before the last is written. */
const ROUND_MS = 1_000

export function createCarrier(options: CarrierOptions): Carrier {
  const { writePod, written, backoff, unknown, resizes, recorder, metrics, clock, logger } = options
  const { podsAtATime = PODS_AT_A_TIME } = options
  const totals = new Map<string, HandoverTotals>()

  return {
    carryOut,
    totals: (set) => totals.get(set) ?? NO_HANDOVERS,
    forgetTotals: (set) => {
      totals.delete(set)
    },
  }

  async function carryOut(
    owner: Owner,
    decisions: readonly Decision[],
    signal: AbortSignal,
  ): Promise<boolean> {
    let isUnfinishedRound = false
    const until = clock.now() + ROUND_MS
    const isLate = (): boolean => {
      if (clock.now() < until) return false
      isUnfinishedRound = true
      return true
    }
    for (const one of decisions) {
      if (one.kind === 'none' && one.reason === 'Resizing') resizes.waiting(one.view.key)
    }
    const writes = decisions.filter((one): one is WritingDecision => one.kind !== 'none')
    // Results first: they make room for others, and people wait for them.
    const ends = writes.filter(({ kind }) => kind === 'recordResult')
    const rest = writes.filter(({ kind }) => kind !== 'recordResult')
    const carriedOut = new Set<WritingDecision>()
    const write = async (decision: WritingDecision): Promise<void> => {
      const { key } = decision.view
      try {
        const pod = await writePod(owner.name, decision, signal)
        written.expect(key, pod.metadata.resourceVersion ?? '')
        backoff.forget(key)
        done(owner, decision)
        carriedOut.add(decision)
      } catch (error) {
        if (signal.aborted) throw error
        if (isRefusal(error) && isResize(decision)) resizeRefused(decision, error)
        else if (isApiError(error, 'NotFound')) backoff.forget(key)
        else if (isApiError(error, 'Conflict')) isUnfinishedRound = true
        else if (isOutcomeUnknown(error)) {
          isUnfinishedRound = true
          answerLost(owner.name, decision, error)
        } else refused(owner.name, decision, error)
      }
    }
    await eachLimited(ends, podsAtATime, write, isLate)
    // The plan took the room of those that end for those that start: no end, no start.
    const hasRoom = ends.every((one) => carriedOut.has(one) || !isSuccess(one))
    if (!hasRoom) isUnfinishedRound = true
    await eachLimited(hasRoom ? rest : rest.filter(isNoStart), podsAtATime, write, isLate)
    return isUnfinishedRound
  }

  function done({ name, set }: Owner, decision: WritingDecision): void {
    logger.info('pod written', { set: name, pod: decision.view.key, what: decision.kind })
    if (decision.kind === 'recordResult') {
      const { result, handovers } = decision
      metrics.result(name, result, upgradeSeconds(decision.view, clock.now()))
      count(name, result.outcome, handovers)
    }
    remember(decision)
    // The handovers are through; the result that follows tells of what comes after them alone.
    const isThrough = decision.kind === 'startCold' || decision.kind === 'startReset'
    if (isThrough) count(name, 'settled', decision.handovers)
    announce(recorder, { name, set }, decision)
  }

  /** What the pod itself does not tell of its resizes. */
  function remember(decision: WritingDecision): void {
    const { kind, view } = decision
    if (kind === 'resize') resizes.asked(view.key)
    if (kind === 'startUpgrade') resizes.settled(view.key)
    if (kind === 'endBackOff') {
      const { container, restartCount } = decision.heldBack
      resizes.endedBackOff(view.key, container, restartCount)
    }
  }

  function resizeRefused(decision: ResizeDecision, error: Error): void {
    const { pod, key } = decision.view
    const isGrowth = decision.kind === 'resize' && decision.purpose === 'growth'
    const id = decision.kind === 'resize' ? resizeId(decision.sizes) : decision.heldBack.container
    const sentence = refusalSentence(`of ${id}`, error)
    logger.warn('resize refused', { pod: key, what: decision.kind, error })
    if (decision.kind === 'resize') resizes.refused(key, id, sentence)
    else remember(decision)
    // The upgrade that follows tells of it.
    if (!isGrowth) recorder.event(pod, 'Warning', 'ResizeRefused', sentence)
  }

  function count(
    name: string,
    outcome: 'settled' | 'failed',
    handovers: readonly HandoverStatus[],
  ): void {
    metrics.handovers(name, handovers.filter(hasMoved))
    totals.set(name, addTotals(totals.get(name) ?? NO_HANDOVERS, totalsOf(outcome, handovers)))
  }

  function answerLost(set: string, { kind, view }: WritingDecision, error: unknown): void {
    unknown.add(view, error instanceof Error ? error.message : String(error))
    logger.warn('pod may have been written', { set, pod: view.key, what: kind, error })
  }

  function refused(set: string, decision: WritingDecision, error: unknown): void {
    const { key } = decision.view
    const why = error instanceof Error ? error.message : String(error)
    const retryAfterMs = backoff.refused(key, why)
    const fields = { set, pod: key, what: decision.kind, retryAfterMs, error }
    logger.warn('pod cannot be written', fields)
  }
}
