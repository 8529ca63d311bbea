import { isGatewaySetName } from '../../api/gateway/subject.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Expectations } from '../../runtime/controller/expectations.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { SubjectWriter } from '../gateway/subjects.ts'
import type { SidecarSetMetrics } from '../metrics.ts'
import { INJECTION_CONFIGURATION } from '../webhookconfiguration/manifests.ts'
import type { AnalysesResult } from './analysis/advance.ts'
import type { Caches } from './caches.ts'
import type { Carrier } from './carryOut.ts'
import type { RolloutPlan } from './rollout/plan.ts'
import type { Revision } from './rollout/revision.ts'
import { injectionObstacle } from './status/injectionObstacle.ts'
import { nextStatus } from './status/nextStatus.ts'
import { reportFailure } from './status/reportFailure.ts'
import { transitionEvents } from './status/transitions.ts'
import { writeStatus } from './status/writeStatus.ts'
import type { Patience, StatusWrite } from './status/writeStatus.ts'

/** What one look at a set found out. */
export interface Seen {
  readonly set: StoredSidecarSet
  readonly latest: Revision
  readonly plan: RolloutPlan
  readonly analysis: Pick<AnalysesResult, 'status' | 'verdicts'>
}

export interface TellingOptions {
  readonly sets: SubjectWriter
  /** Is told of each write, so that an older cache is not believed. */
  readonly written: Pick<Expectations, 'expect'>
  readonly caches: Pick<Caches, 'injection'>
  readonly carrier: Pick<Carrier, 'totals' | 'forgetTotals'>
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly metrics: Pick<SidecarSetMetrics, 'command'>
  /** The operator's namespace. */
  readonly namespace: string
  readonly clock: { now(): number }
  readonly logger: Logger
}

export interface Told {
  readonly kind: StatusWrite['kind']
  /** Milliseconds since the epoch: numbers that wait can be told then. Infinity when none does. */
  readonly dueAt: number
}

/** Keeps the status of sets up to date, and tells of its changes in events and metrics. */
export interface Telling {
  /** Errors: ApiError. */
  tell(seen: Seen, signal: AbortSignal): Promise<Told>
  /** Best effort: what stands in the way of the work may stand in the way of this, too. */
  tellFailure(set: StoredSidecarSet, error: unknown, signal: AbortSignal): Promise<void>
  /** The set is gone. */
  forget(set: string): void
}

/** Numbers in sentences are written anew this often, and with whatever else changes. */
const WORDING_MS = 5_000
/** Numbers of pods likewise. */
const COUNTS_MS = 500

/** @param isBusy are pods in flight? Only then do numbers change all the time */
function patienceAfter(sinceMs: number, isBusy: boolean): Patience {
  if (sinceMs < COUNTS_MS && isBusy) return 'counts'
  return sinceMs < WORDING_MS ? 'wording' : 'none'
}

export function createTelling(options: TellingOptions): Telling {
  const { sets, written, caches, carrier, recorder, metrics, namespace, clock, logger } = options
  /** When the status of each set was written last. */
  const toldAt = new Map<string, number>()

  return {
    tell: async ({ set, latest, plan, analysis }, signal) => {
      const { name } = set.metadata
      const configuration = caches.injection.get(INJECTION_CONFIGURATION)
      const next = nextStatus({
        set,
        latest,
        summary: plan.summary,
        progress: plan.progress,
        command: plan.command,
        analysis: analysis.status,
        verdicts: analysis.verdicts,
        injectionObstacle: isGatewaySetName(name)
          ? null
          : injectionObstacle(set, configuration, namespace),
        added: carrier.totals(name),
        now: clock.now(),
      })
      const isBusy = plan.summary.upgrading > 0
      const before = toldAt.get(name) ?? 0
      const patience = patienceAfter(clock.now() - before, isBusy)
      const write = await writeStatus(sets, set, next, { patience, signal })
      if (write.kind === 'same') return { kind: write.kind, dueAt: Infinity }
      if (write.kind === 'waits') {
        // Wording alone waits for the next look, whenever that is.
        const countsAt = before + COUNTS_MS
        return { kind: write.kind, dueAt: countsAt > clock.now() ? countsAt : Infinity }
      }
      toldAt.set(name, clock.now())
      carrier.forgetTotals(name)
      written.expect(name, write.set.metadata.resourceVersion ?? '')
      if (plan.command !== undefined) metrics.command(name, plan.command.outcome)
      for (const { type, reason, message } of transitionEvents(set.status, next)) {
        recorder.event(set, type, reason, message)
      }
      return { kind: write.kind, dueAt: Infinity }
    },
    tellFailure: async (set, error, signal) => {
      const { name } = set.metadata
      try {
        const after = await reportFailure(sets, { set, error, now: clock.now(), signal })
        if (after === undefined) return
        written.expect(name, after.metadata.resourceVersion ?? '')
        for (const { type, reason, message } of transitionEvents(set.status, after.status ?? {})) {
          recorder.event(set, type, reason, message)
        }
      } catch (failure) {
        logger.warn('failure cannot be written', { set: name, error: failure })
      }
    },
    forget: (set) => {
      toldAt.delete(set)
    },
  }
}
