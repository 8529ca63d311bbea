import { upgradeFailureReasons } from '../api/reasons.ts'
import type { HandoverStatus } from '../api/agentStatus.ts'
import type { CommandRecord } from '../api/v1beta1/sidecarset.ts'
import type { Metrics } from '../runtime/metrics/metrics.ts'
import type { RolloutPlan } from './sidecarset/rollout/plan.ts'
import type { RecordedResult } from './sidecarset/rollout/recordedResult.ts'
import { handoverSeconds } from './sidecarset/rollout/handoverSentence.ts'
import { createRolloutMetrics } from './sidecarset/rolloutMetrics.ts'

const podStates = ['matched', 'updated', 'ready', 'upgrading', 'waiting', 'kept', 'failed'] as const

/** Seconds: from a swap to a drain that nobody ends. */
const BUCKETS = [0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600]
/** What is none of the reasons that are known. */
const OTHER = 'Other'
const reasons: readonly string[] = [...upgradeFailureReasons, OTHER]

const outcomes: readonly CommandRecord['outcome'][] = ['Accepted', 'Refused']

/** What the operator measures of SidecarSets. */
export interface SidecarSetMetrics {
  /** What a look found, and how it left the pods. */
  look(
    set: string,
    plan: Pick<RolloutPlan, 'summary' | 'decisions' | 'settled'>,
    strategy: { readonly progressDeadlineSeconds: number },
  ): void
  /** Somebody asked something of the rollout, and it is written down what came of it. */
  command(set: string, outcome: CommandRecord['outcome']): void
  /** An upgrade of one pod came to an end, after so many seconds if that is known. */
  result(
    set: string,
    result: Pick<RecordedResult, 'outcome' | 'reason'>,
    seconds: number | undefined,
  ): void
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
  const failures = metrics.counter({
    name: 'baton_sidecarset_failures_total',
    help: 'Upgrades of single pods that were given up, by reason.',
    labelNames: ['sidecarset', 'reason'],
  })
  const commands = metrics.counter({
    name: 'baton_sidecarset_commands_total',
    help: 'What people asked of rollouts (resume, promote, abort, retry), by what came of it.',
    labelNames: ['sidecarset', 'outcome'],
  })
  const upgrade = metrics.histogram({
    name: 'baton_sidecarset_upgrade_duration_seconds',
    help: 'From the first write on a pod until the result of its upgrade.',
    labelNames,
    buckets: BUCKETS,
  })
  const duration = metrics.histogram({
    name: 'baton_sidecarset_handover_duration_seconds',
    help: 'From the start of a handover until it settled, or until the drain timer was over.',
    labelNames,
    buckets: BUCKETS,
  })
  const rollouts = createRolloutMetrics(metrics)
  const known = new Set<string>()
  const introduce = (sidecarset: string): void => {
    if (known.has(sidecarset)) return
    known.add(sidecarset)
    for (const result of ['settled', 'failed']) handovers.inc({ sidecarset, result }, 0)
    drained.inc({ sidecarset }, 0)
    cut.inc({ sidecarset }, 0)
    duration.zero({ sidecarset })
    upgrade.zero({ sidecarset })
    for (const reason of reasons) failures.inc({ sidecarset, reason }, 0)
    for (const outcome of outcomes) commands.inc({ sidecarset, outcome }, 0)
  }

  return {
    look: (sidecarset, plan, strategy) => {
      introduce(sidecarset)
      for (const state of podStates) pods.set({ sidecarset, state }, plan.summary[state])
      rollouts.update(sidecarset, plan, strategy)
    },
    command: (sidecarset, outcome) => {
      introduce(sidecarset)
      commands.inc({ sidecarset, outcome })
    },
    result: (sidecarset, { outcome, reason }, seconds) => {
      introduce(sidecarset)
      handovers.inc({ sidecarset, result: outcome })
      if (seconds !== undefined) upgrade.observe({ sidecarset }, seconds)
      if (outcome === 'settled') return
      failures.inc({ sidecarset, reason: reasons.includes(reason) ? reason : OTHER })
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
      for (const reason of reasons) failures.remove({ sidecarset, reason })
      for (const outcome of outcomes) commands.remove({ sidecarset, outcome })
      for (const metric of [drained, cut, duration, upgrade]) metric.remove({ sidecarset })
      rollouts.remove(sidecarset)
    },
  }
}
