import type { Health } from '../handover/world.ts'

/**
 * What stands of a livenessProbe: who has failed it is ill until somebody passes. A process that fails is
 * replaced at once, and of the next one nothing is known for a while; who looks seldom would miss it.
 */
export function standing(before: Health, now: Health): Health {
  return now.verdict === 'unknown' && before.verdict === 'failing' ? before : now
}
