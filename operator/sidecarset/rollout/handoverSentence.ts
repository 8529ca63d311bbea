import type { HandoverStatus } from '../../../api/agentStatus.ts'
import type { DesiredContainer } from '../../../api/desired.ts'

/** One sentence with the numbers of a handover that ended well. */
export function handoverSentence(
  container: string,
  desired: DesiredContainer,
  handover: HandoverStatus | undefined,
): string {
  const serves = `${container} serves from ${desired.active} with ${desired.image}`
  if (handover === undefined) return `${serves}.`
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
    `${serves}${after}: ${handover.listeners} listeners handed over, ` +
    `${handover.connectionsDrained} connections drained, ${handover.connectionsCut} cut${left}.` +
    counters
  )
}

/** From the start of a handover to its end or its report; undefined when a time is missing. */
export function handoverSeconds(handover: HandoverStatus): number | undefined {
  return secondsBetween(handover.startedAt, handover.settledAt ?? handover.reportedAt)
}

function secondsBetween(from: string | undefined, to: string | undefined): number | undefined {
  const difference = (Date.parse(to ?? '') - Date.parse(from ?? '')) / 1000
  return Number.isFinite(difference) ? Math.max(0, difference) : undefined
}
