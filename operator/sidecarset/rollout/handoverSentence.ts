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
  const unheld =
    handover.unheld === undefined || handover.unheld.length === 0
      ? ''
      : ` Not handed over: ${handover.unheld.join(', ')}.`
  return (
    `${serves}${after}: ${counted(handover.listeners, 'listener')} handed over, ` +
    `${drainedText(handover)}${left}.${unheld}${counters}`
  )
}

/** What became of the drain of a handover that was turned back before its drain was over. */
export function turnedBackSentence(container: string, handover: HandoverStatus): string {
  const still = handover.settledAt === undefined ? ', it still drains' : ''
  return `${container} was turned back in mid-drain of ${handover.id}: ${drainedText(handover)}${still}.`
}

/** `12 connections (http1 8, tcp 4) drained, 3 (tcp 3) cut: MaxSeconds` */
function drainedText(handover: HandoverStatus): string {
  const { connectionsDrained, connectionsCut, cutReason = '', protocols = {} } = handover
  const split = (read: 'drained' | 'cut'): string => {
    const parts = Object.entries(protocols).filter(([, numbers]) => numbers[read] > 0)
    const text = parts.map(([name, numbers]) => `${name} ${numbers[read]}`).join(', ')
    return text === '' ? '' : ` (${text})`
  }
  const reason = cutReason === '' ? '' : `: ${cutReason}`
  return (
    `${counted(connectionsDrained, 'connection')}${split('drained')} drained, ` +
    `${connectionsCut}${split('cut')} cut${reason}`
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
