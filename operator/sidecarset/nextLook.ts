import type { ReconcileResult } from '../../runtime/controller/controller.ts'
import { isHandingOver } from './askAgents.ts'
import type { Decision } from './rollout/decision.ts'
import type { RolloutPlan } from './rollout/plan.ts'

/** What no event tells of is looked at this often, unless options say otherwise. */
export const POLL_MS = 300
/** After a conflict, or when a round of writes was not finished. */
export const SOON_MS = 100
/** Deadlines that no event announces are looked at this often while something is going on. */
export const BUSY_MS = 5_000
/** A refused write has a time of its own; its pod is looked at this often until then. */
const BLOCKED_MS = 1_000
/** A refused resize is asked for again when it is forgotten; nothing else may happen until then. */
const REFUSED_MS = 60_000

/**
 * A look costs some 5 microseconds for each pod that is not settled (measured at 10,000), so that
 * looks at a rollout of any size take a tenth of a processor at most.
 */
const REST_MS_PER_POD = 0.05

export interface NextLookInput {
  readonly plan: RolloutPlan
  /** Is there more to write than could be written? */
  readonly isUnfinished: boolean
  /** Are there pods whose condition could not be written? */
  readonly isLeft: boolean
  /** When a measurement, or a number to be told, is due: milliseconds since the epoch, or Infinity. */
  readonly dueAt: number
  readonly pollMs: number
  readonly now: number
}

/** When the set is looked at again if nothing happens before; never, if nothing can change. */
export function nextLook(input: NextLookInput): ReconcileResult {
  const { plan, isUnfinished, isLeft, dueAt, pollMs, now } = input
  const after = isUnfinished ? SOON_MS : (afterPlan(plan, pollMs, now) ?? Infinity)
  const leftAfter = isLeft && after === Infinity ? BUSY_MS : after
  const ms = Math.min(leftAfter, Math.max(0, dueAt - now))
  const restMs = plan.decisions.length * REST_MS_PER_POD
  return Number.isFinite(ms) ? { requeueAfterMs: ms, restMs } : { restMs }
}

/** Is an upgrade on its way with this decision? One that only writes down new terms is none. */
export function isUpgrading(decision: Decision): boolean {
  if (decision.view.stage !== 'resting') return true
  const begins = decision.kind === 'startUpgrade' || decision.kind === 'swapBack'
  return begins && decision.steps.some(({ kind }) => kind !== 'keep')
}

function afterPlan(plan: RolloutPlan, pollMs: number, now: number): number | undefined {
  const { decisions, summary } = plan
  const acts = decisions.some((one) => one.kind !== 'none' || one.reason === 'Resizing')
  if (acts || decisions.some((one) => isHandingOver(one.view))) return pollMs
  const blocked = decisions.some((one) => one.kind === 'none' && one.reason === 'WriteFailed')
  if (blocked) return BLOCKED_MS
  const restsUntil = restEnd(plan)
  if (restsUntil !== undefined) return restsUntil - now
  const busy = summary.upgrading + summary.waiting + plan.toAsk.length > 0
  // Pods that the set does not select any more are in no number of the summary.
  if (busy || decisions.some(isUpgrading)) return BUSY_MS
  return plan.hasRefusedResizes ? REFUSED_MS : undefined
}

/** A step's pause in which nothing else is to be done ends then, or is too long from then on. */
function restEnd({ summary, toAsk }: RolloutPlan): number | undefined {
  const { hold } = summary.step ?? {}
  if (summary.upgrading + toAsk.length > 0) return undefined
  return hold?.kind === 'time' || hold?.kind === 'people' ? hold.endsAt : undefined
}
