import type { AgentProbe } from '../../api/agentConfig.ts'
import type { Health } from '../handover/world.ts'
import type { Outcome } from './outcome.ts'

/** A verdict and the outcomes in a row that speak against it, or for it. */
export interface Judgement {
  readonly health: Health
  readonly successes: number
  readonly failures: number
}

export interface Thresholds {
  readonly success: number
  readonly failure: number
}

/** Defaults of core/v1 Probe. */
export function thresholdsOf(probe: AgentProbe): Thresholds {
  return { success: probe.successThreshold ?? 1, failure: probe.failureThreshold ?? 3 }
}

export const unjudged: Judgement = {
  health: { verdict: 'unknown', detail: 'not checked yet' },
  successes: 0,
  failures: 0,
}

/** As the kubelet: the verdict changes after a number of equal outcomes in a row. */
export function judge(before: Judgement, outcome: Outcome, thresholds: Thresholds): Judgement {
  const successes = outcome.ok ? before.successes + 1 : 0
  const failures = outcome.ok ? 0 : before.failures + 1
  const { detail } = outcome
  if (successes >= thresholds.success) {
    return { health: { verdict: 'passing', detail }, successes, failures }
  }
  if (failures >= thresholds.failure) {
    return { health: { verdict: 'failing', detail }, successes, failures }
  }
  return { health: { verdict: before.health.verdict, detail }, successes, failures }
}
