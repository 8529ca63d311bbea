import { resolveIntOrPercent } from '../../../api/intOrPercent.ts'
import type { BudgetStatus, HandoverBudget } from '../../../api/v1beta1/analysis.ts'
import type { IntOrPercent } from '../../../api/v1beta1/sidecarset.ts'
import { counted } from '../counted.ts'
import type { HandoverNumbers } from './handoverLedger.ts'
import { numberText } from './judge.ts'
import { timeText } from './metricState.ts'
import type { AnalysisVerdict } from './verdict.ts'

/** What the agents of upgraded pods say. */
export interface BudgetInput {
  readonly budget: HandoverBudget
  readonly numbers: HandoverNumbers
  /** Pods that have the new revision, and those of them in which a sidecar is not ready now. */
  readonly upgraded: number
  readonly notReady: readonly string[]
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A sidecar may be away for so long: a failover, a slow probe. */
const READINESS_GRACE_MS = 30_000
export const DEFAULT_CUT: IntOrPercent = '1%'
export const DEFAULT_LISTEN_DROPS = 10

/**
 * Holds what the handovers of a rollout cost against the budget. Numbers only grow: those of an
 * operator that has just begun to ask again do not hide what another one has seen. A failure stays.
 */
export function judgeBudget(before: BudgetStatus | undefined, input: BudgetInput): BudgetStatus {
  const numbers = before === undefined ? input.numbers : larger(before, input.numbers)
  const since =
    input.notReady.length === 0 ? undefined : (before?.notReadySince ?? timeText(input.now))
  const excess = [
    ...excessiveCuts(input, numbers),
    ...excessiveAverages(input, numbers),
    ...tooSlow(input, numbers),
    ...notReadyForLong(input, since),
  ]
  const isFailed = before?.verdict === 'Failed' || excess.length > 0
  return {
    ...numbers,
    verdict: isFailed ? 'Failed' : 'Running',
    message: before?.verdict === 'Failed' ? before.message : (excess[0] ?? fine(numbers)),
    podsNotReady: input.notReady.length,
    ...(since === undefined ? {} : { notReadySince: since }),
  }
}

export function budgetVerdict(status: BudgetStatus | undefined): AnalysisVerdict {
  if (status === undefined) return { kind: 'none' }
  const kind = status.verdict === 'Failed' ? 'failed' : 'running'
  return { kind, metric: 'budget', sentence: status.message }
}

function fine({ handovers, connectionsCut, connectionsCutAtMaxSeconds }: HandoverNumbers): string {
  const cut = connectionsCut + connectionsCutAtMaxSeconds
  return `${counted(handovers, 'handover')}, ${counted(cut, 'connection')} cut`
}

function excessiveCuts(
  { budget }: BudgetInput,
  { connectionsAtDrain, connectionsCut, connectionsCutAtMaxSeconds }: HandoverNumbers,
): readonly string[] {
  const { connectionsCut: limit = DEFAULT_CUT, connectionsCutAtMaxSeconds: atMaxSeconds } = budget
  const of = `of ${counted(connectionsAtDrain, 'connection')} were cut`
  const isOver = (cut: number, most: IntOrPercent): boolean =>
    cut > resolveIntOrPercent(most, connectionsAtDrain)
  return [
    ...(isOver(connectionsCut, limit) ? [`${connectionsCut} ${of}, ${limit} may be`] : []),
    ...(atMaxSeconds !== undefined && isOver(connectionsCutAtMaxSeconds, atMaxSeconds)
      ? [`${connectionsCutAtMaxSeconds} ${of} when maxSeconds was over, ${atMaxSeconds} may be`]
      : []),
  ]
}

function excessiveAverages(
  { budget }: BudgetInput,
  { handovers, listenDrops, resets }: HandoverNumbers,
): readonly string[] {
  const { listenDrops: mostDrops = DEFAULT_LISTEN_DROPS, resets: mostResets = Infinity } = budget
  const per = `in ${counted(handovers, 'handover')}`
  return [
    ...(listenDrops > mostDrops * handovers
      ? [
          `listeners dropped ${counted(listenDrops, 'connection')} ${per}, ${mostDrops} may be on average`,
        ]
      : []),
    ...(resets > mostResets * handovers
      ? [`${counted(resets, 'connection')} were reset ${per}, ${mostResets} may be on average`]
      : []),
  ]
}

function tooSlow(
  { budget }: BudgetInput,
  { longestHandoverSeconds: longest }: HandoverNumbers,
): readonly string[] {
  const most = budget.handoverSeconds ?? Infinity
  if (longest <= most) return []
  return [`a new process served after ${numberText(longest)} s, ${most} s may pass`]
}

function notReadyForLong(
  { budget, upgraded, notReady, now }: BudgetInput,
  since: string | undefined,
): readonly string[] {
  const most = budget.podsNotReady ?? 0
  if (since === undefined || notReady.length <= resolveIntOrPercent(most, upgraded)) return []
  if (now - Date.parse(since) < READINESS_GRACE_MS) return []
  const [first = ''] = notReady
  return [
    `the sidecar of ${notReady.length} of ${counted(upgraded, 'upgraded pod')} is not ready, ${most} may be: ${first}`,
  ]
}

function larger(before: HandoverNumbers, now: HandoverNumbers): HandoverNumbers {
  return {
    handovers: Math.max(before.handovers, now.handovers),
    connectionsAtDrain: Math.max(before.connectionsAtDrain, now.connectionsAtDrain),
    connectionsCut: Math.max(before.connectionsCut, now.connectionsCut),
    connectionsCutAtMaxSeconds: Math.max(
      before.connectionsCutAtMaxSeconds,
      now.connectionsCutAtMaxSeconds,
    ),
    listenDrops: Math.max(before.listenDrops, now.listenDrops),
    resets: Math.max(before.resets, now.resets),
    longestHandoverSeconds: Math.max(before.longestHandoverSeconds, now.longestHandoverSeconds),
  }
}
