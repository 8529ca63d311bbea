import type { Metrics } from '../../runtime/metrics/metrics.ts'
import { countReasons } from '../countReasons.ts'
import { idleReasons } from './rollout/decision.ts'
import type { RolloutPlan } from './rollout/plan.ts'
import { progressDeadline } from './rollout/progressDeadline.ts'

/** How rollouts stand: gauges that follow each look at a set. */
export interface RolloutMetrics {
  update(
    set: string,
    plan: Pick<RolloutPlan, 'summary' | 'decisions' | 'settled'>,
    strategy: { readonly progressDeadlineSeconds: number },
  ): void
  /** The set is gone: its series end. */
  remove(set: string): void
}

export function createRolloutMetrics(metrics: Metrics): RolloutMetrics {
  const labelNames = ['sidecarset'] as const
  const step = metrics.gauge({
    name: 'baton_sidecarset_rollout_step',
    help: 'Step of the canary that goes on, counted from 1; 0 when there is none.',
    labelNames,
  })
  const steps = metrics.gauge({
    name: 'baton_sidecarset_rollout_steps',
    help: 'Steps of the canary that goes on; 0 when there is none.',
    labelNames,
  })
  const pausedSince = metrics.gauge({
    name: 'baton_sidecarset_rollout_paused_timestamp_seconds',
    help: 'Unix time since which a step has waited for people; 0 when none does.',
    labelNames,
  })
  const pauseEnds = metrics.gauge({
    name: 'baton_sidecarset_rollout_pause_deadline_timestamp_seconds',
    help: 'Unix time from which a pause for people is too long; 0 when there is none.',
    labelNames,
  })
  const deadline = metrics.gauge({
    name: 'baton_sidecarset_rollout_deadline_timestamp_seconds',
    help: 'Unix time from which a rollout is late if nothing goes on; 0 while no deadline runs.',
    labelNames,
  })
  const stopped = metrics.gauge({
    name: 'baton_sidecarset_rollout_stopped',
    help: '1 when the revision of the spec has failed and is not tried again, else 0.',
    labelNames,
  })
  const rollback = metrics.gauge({
    name: 'baton_sidecarset_rollout_rollback',
    help: '1 when pods are at, or go back to, the revision before that of the spec, else 0.',
    labelNames,
  })
  const idle = metrics.gauge({
    name: 'baton_sidecarset_pods_idle',
    help: 'Pods with which the last look did nothing, by reason: each is in one of them.',
    labelNames: ['sidecarset', 'reason'],
  })
  const seconds = (ms: number | undefined): number => (ms ?? 0) / 1000

  return {
    update: (sidecarset, { summary, decisions, settled }, strategy) => {
      const labels = { sidecarset }
      const hold = summary.step?.hold
      const people = hold?.kind === 'people' && !summary.stopped ? hold : undefined
      step.set(labels, summary.step?.step ?? 0)
      steps.set(labels, summary.step?.of ?? 0)
      pausedSince.set(labels, seconds(people?.since))
      pauseEnds.set(labels, seconds(people?.endsAt))
      deadline.set(labels, seconds(progressDeadline(summary, strategy)))
      stopped.set(labels, summary.stopped ? 1 : 0)
      rollback.set(labels, summary.rollback ? 1 : 0)
      for (const [reason, count] of countReasons(idleReasons, decisions)) {
        idle.set({ sidecarset, reason }, reason === 'UpToDate' ? count + settled : count)
      }
    },
    remove: (sidecarset) => {
      for (const gauge of [step, steps, pausedSince, pauseEnds, deadline, stopped, rollback])
        gauge.remove({ sidecarset })
      for (const reason of idleReasons) idle.remove({ sidecarset, reason })
    },
  }
}
