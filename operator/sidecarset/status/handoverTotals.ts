import type { HandoverStatus } from '../../../api/agentStatus.ts'
import type { HandoverTotals } from '../../../api/v1beta1/sidecarset.ts'
import { handoverSeconds, hasMoved } from '../rollout/handoverSentence.ts'

export const NO_HANDOVERS: HandoverTotals = {
  completed: 0,
  failed: 0,
  listenersHanded: 0,
  connectionsDrained: 0,
  connectionsCut: 0,
  lastDurationSeconds: 0,
}

/** What the handovers of one pod add. An order to stay where one is counts for nothing. */
export function totalsOf(
  outcome: 'settled' | 'failed',
  handovers: readonly HandoverStatus[],
): HandoverTotals {
  const moved = handovers.filter(hasMoved)
  const sum = (read: (handover: HandoverStatus) => number): number =>
    moved.reduce((total, handover) => total + read(handover), 0)
  return {
    completed: outcome === 'settled' && moved.length > 0 ? 1 : 0,
    failed: outcome === 'failed' ? 1 : 0,
    listenersHanded: outcome === 'settled' ? sum((one) => one.listeners) : 0,
    connectionsDrained: sum((one) => one.connectionsDrained),
    connectionsCut: sum((one) => one.connectionsCut),
    lastDurationSeconds: Math.max(0, ...moved.map((one) => handoverSeconds(one) ?? 0)),
  }
}

export function addTotals(before: HandoverTotals, added: HandoverTotals): HandoverTotals {
  return {
    completed: before.completed + added.completed,
    failed: before.failed + added.failed,
    listenersHanded: before.listenersHanded + added.listenersHanded,
    connectionsDrained: before.connectionsDrained + added.connectionsDrained,
    connectionsCut: before.connectionsCut + added.connectionsCut,
    lastDurationSeconds: added.lastDurationSeconds || before.lastDurationSeconds,
  }
}
