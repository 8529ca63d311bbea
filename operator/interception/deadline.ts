import type { Interception } from '../../api/interception/desired.ts'
import type { PodView } from './podView.ts'

/** Rules, their probe and the way of an order into the pod take seconds: far less than this. */
const SLACK_SECONDS = 60

/** How long a toggle may take from order to result, in milliseconds. */
export function longestToggleMs({ hooks, drain }: Interception): number {
  const { offline, online, gracefulClose } = hooks
  const times = [offline, online, gracefulClose].map(
    (hook) => (hook?.timeoutSeconds ?? 0) + (hook?.waitSeconds ?? 0),
  )
  const seconds = times.reduce((sum, one) => sum + one, drain.timerSeconds + SLACK_SECONDS)
  return seconds * 1000
}

/**
 * Is a toggle older than it may be? It begins when the agent can know of it: a pod that does not run
 * yet, or whose agent is away, is not late.
 */
export function isLate(view: PodView, order: Interception, now: number): boolean {
  if (view.agentSince === undefined) return false
  return now > Math.max(view.orderedAt ?? 0, view.agentSince) + longestToggleMs(order)
}
