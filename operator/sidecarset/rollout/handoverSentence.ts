import type { HandoverStatus } from '../../../api/agentStatus.ts'
import type { DesiredContainer } from '../../../api/desired.ts'
import { counted } from '../counted.ts'

/** One sentence with the numbers of a handover that ended well. */
export function handoverSentence(
  container: string,
  desired: DesiredContainer,
  handover: HandoverStatus | undefined,
): string {
  const serves = `${container} serves from ${desired.active} with ${desired.image}`
  if (handover === undefined) return `${serves}.`
  if (!hasMoved(handover)) return `${serves} as before: nothing was handed over.`
  const seconds = secondsBetween(handover.startedAt, handover.servingAt)
  const after = seconds === undefined ? '' : ` after ${seconds.toFixed(2)} s`
  const left =
    handover.connectionsLeft === 0
      ? ''
      : `, ${handover.connectionsLeft} left to the old process, which lives on until they end`
  const kernel = Object.entries(handover.kernel)
    .filter(([, growth]) => growth !== 0)
    .map(([name, growth]) => ` ${name} +${growth}`)
  const counters = kernel.length === 0 ? '' : ` Kernel counters:${kernel.join(',')}.`
  return (
    `${serves}${after}: ${counted(handover.listeners, 'listener')} handed over, ` +
    `${counted(handover.connectionsDrained, 'connection')} drained, ${handover.connectionsCut} cut${left}.` +
    counters
  )
}

/**
 * False for an order to stay with the slot that serves already, as when an upgrade is taken back
 * before the new process took over: the agent settles it at once, and nothing changes hands.
 */
export function hasMoved({ from, to }: HandoverStatus): boolean {
  return from !== to
}

/** From the start of a handover to its end or its report; undefined when a time is missing. */
export function handoverSeconds(handover: HandoverStatus): number | undefined {
  return secondsBetween(handover.startedAt, handover.settledAt ?? handover.reportedAt)
}

function secondsBetween(from: string | undefined, to: string | undefined): number | undefined {
  const difference = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000
  return Number.isFinite(difference) ? Math.max(0, difference) : undefined
}
