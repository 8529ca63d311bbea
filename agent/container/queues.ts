import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import { limits } from '../handover/limits.ts'
import type { SlotView } from '../handover/world.ts'
import type { HeldListener } from '../launcher/protocol.ts'

/**
 * Whether the held listeners are read. Whoever holds a listener keeps its queue alive, so when no
 * process accepts from it clients do not fail, they hang.
 */
export interface QueueMemory {
  /** Since when connections wait and their number has not fallen. */
  readonly stands: Readonly<Record<string, { readonly since: number; readonly waiting: number }>>
  /** Since when no process listens there. */
  readonly unreadSince: Readonly<Record<string, number>>
}

export const noQueues: QueueMemory = { stands: {}, unreadSince: {} }

type Views = Readonly<Record<string, SlotView>>
export type StuckQueue = NonNullable<AgentContainerStatus['stuckQueues']>[number]

/** The memory after one more look. */
export function watchQueues(
  before: QueueMemory,
  held: readonly HeldListener[],
  slots: Views,
  at: number,
): QueueMemory {
  const statuses = Object.values(slots).map(({ status }) => status)
  const known = statuses.every((status) => status !== null)
  const running = statuses.filter((status) => status !== null).filter(({ pid }) => pid > 0)
  const read = new Set(running.flatMap(({ listening }) => listening))
  // One that was just started is on its way to the addresses it had.
  const settled =
    known && running.length > 0 && running.every((one) => one.uptimeMs >= limits.livedWellMs)
  const stands: Record<string, { since: number; waiting: number }> = {}
  const unreadSince: Record<string, number> = {}
  for (const { address, queue } of held) {
    const last = before.stands[address]
    if (queue > 0) {
      const standing = last !== undefined && queue >= last.waiting
      stands[address] = { since: standing ? last.since : at, waiting: queue }
    }
    if (settled && !read.has(address)) unreadSince[address] = before.unreadSince[address] ?? at
  }
  return { stands, unreadSince }
}

/** Listeners whose connections nobody has accepted for long. */
export function stuckQueues({ stands }: QueueMemory, at: number): readonly StuckQueue[] {
  return Object.entries(stands)
    .filter(([, { since }]) => at - since >= limits.unreadMs)
    .map(([address, { since, waiting }]) => {
      return { address, waiting, seconds: Math.floor((at - since) / 1000) }
    })
}

/** Listeners that no process has wanted for long. */
export function unreadListeners({ unreadSince }: QueueMemory, at: number): readonly string[] {
  return Object.entries(unreadSince)
    .filter(([, since]) => at - since >= limits.unreadMs)
    .map(([address]) => address)
}
