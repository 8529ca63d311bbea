import { resolveIntOrPercent } from '../../../api/intOrPercent.ts'
import type { IntOrPercent } from '../../../api/v1beta1/sidecarset.ts'

/**
 * Pods to keep old. Percentages round up, but below 100 % at least one of several pods upgrades.
 */
export function keptPods(partition: IntOrPercent, matched: number): number {
  const kept = resolveIntOrPercent(partition, matched)
  const belowAll = typeof partition === 'string' && partition !== '100%'
  return belowAll && kept >= matched && matched > 1 ? matched - 1 : kept
}

/** Pods that may be in flight or not ready at a time: at least 1, percentages round up. */
export function allowedUnavailable(value: IntOrPercent, matched: number): number {
  return Math.max(1, resolveIntOrPercent(value, matched))
}

/** Failed pods that stop a rollout: at least 1, percentages round up. */
export function failureLimit(value: IntOrPercent, matched: number): number {
  return Math.max(1, resolveIntOrPercent(value, matched))
}
