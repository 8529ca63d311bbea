import type { HandoverStatus } from '../api/agentStatus.ts'
import type { Metrics } from '../runtime/metrics/metrics.ts'
import type { RolloutSummary } from './sidecarset/rollout/plan.ts'
import type { RecordedResult } from './sidecarset/rollout/recordedResult.ts'
import { handoverSeconds } from './sidecarset/rollout/handoverSentence.ts'

const podStates = ['matched', 'updated', 'ready', 'upgrading', 'waiting', 'failed'] as const

/** What the operator measures of SidecarSets. */
export interface SidecarSetMetrics {
  summary(set: string, summary: RolloutSummary): void
  /** An upgrade of one pod came to an end. */
  result(set: string, outcome: RecordedResult['outcome']): void
  /** What the handovers of one pod came to; one to the slot that served already is none. */
  handovers(set: string, list: readonly HandoverStatus[]): void
  /** The set is gone: its series end. */
  remove(set: string): void
}

export function createSidecarSetMetrics(metrics: Metrics): SidecarSetMetrics {
  const labelNames = ['sidecarset'] as const
  const pods = metrics.gauge({
    name: 'baton_sidecarset_pods',
    help: 'Pods of a SidecarSet by state; a pod can be in several.',
    labelNames: ['sidecarset', 'state'],
  })
  const handovers = metrics.counter({
    name: 'baton_sidecarset_handovers_total',
    help: 'Upgrades of single pods that came to an end, by result.',
    labelNames: ['sidecarset', 'result'],
  })
  const drained = metrics.counter({
    name: 'baton_sidecarset_connections_drained_total',
    help: 'Connections of old proxies that ended by themselves after the order to drain.',
    labelNames,
  })
  const cut = metrics.counter({
    name: 'baton_sidecarset_connections_cut_total',
    help: 'Connections of old proxies that were cut.',
    labelNames,
  })
  const duration = metrics.histogram({
    name: 'baton_sidecarset_upgrade_duration_seconds',
    help: 'From the start of a handover until it settled, or until the drain timer was over.',
    labelNames,
    buckets: [0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600],
  })
  const known = new Set<string>()
  const introduce = (sidecarset: string): void => {
    if (known.has(sidecarset)) return
    known.add(sidecarset)
    for (const result of ['settled', 'failed']) handovers.inc({ sidecarset, result }, 0)
    drained.inc({ sidecarset }, 0)
    cut.inc({ sidecarset }, 0)
    duration.zero({ sidecarset })
  }

  return {
    summary: (sidecarset, summary) => {
      introduce(sidecarset)
      for (const state of podStates) pods.set({ sidecarset, state }, summary[state])
    },
    result: (sidecarset, result) => {
      introduce(sidecarset)
      handovers.inc({ sidecarset, result })
    },
    handovers: (sidecarset, list) => {
      introduce(sidecarset)
      for (const handover of list) {
        drained.inc({ sidecarset }, handover.connectionsDrained)
        cut.inc({ sidecarset }, handover.connectionsCut)
        const seconds = handoverSeconds(handover)
        if (seconds !== undefined) duration.observe({ sidecarset }, seconds)
      }
    },
    remove: (sidecarset) => {
      known.delete(sidecarset)
      for (const state of podStates) pods.remove({ sidecarset, state })
      for (const result of ['settled', 'failed']) handovers.remove({ sidecarset, result })
      for (const metric of [drained, cut, duration]) metric.remove({ sidecarset })
    },
  }
}
