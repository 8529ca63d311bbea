import type { LauncherStatus } from '../launcher/protocol.ts'

type Exit = NonNullable<LauncherStatus['lastExit']>

/** Where a launcher tells of an end: of its child, or of the one that was set aside. */
export type EndOf = 'lastExit' | 'lastAside'

/**
 * Ends that came before the order to end. A launcher counts what is open whenever it tells a process
 * to stop, and to drain is to stop as well: of a process that had drained and ended by itself when
 * it was to be told to end, the count is of the drain's beginning, and nothing of it was cut.
 */
export class EarlyEnds {
  readonly #ends = new Map<string, Exit>()
  /** Those that were told in time, and may be told again after their end. */
  readonly #told = new Set<string>()

  /** @param answer of the launcher that was just told to stop it */
  note(slot: string, of: EndOf, answer: LauncherStatus): void {
    const end = answer[of]
    const runs = of === 'lastExit' ? answer.pid !== 0 : answer.aside !== null
    if (runs) this.#told.add(key(slot, of))
    else if (end !== null && !this.#told.has(key(slot, of))) this.#ends.set(key(slot, of), end)
  }

  /** Another process may end in the same way. */
  forget(slot: string, of: EndOf): void {
    this.#ends.delete(key(slot, of))
    this.#told.delete(key(slot, of))
  }

  /** The status, without the counts that mislead. */
  corrected(slot: string, status: LauncherStatus): LauncherStatus {
    return {
      ...status,
      lastExit: this.#end(slot, 'lastExit', status),
      lastAside: this.#end(slot, 'lastAside', status),
    }
  }

  #end(slot: string, of: EndOf, status: LauncherStatus): Exit | null {
    const end = status[of]
    const early = this.#ends.get(key(slot, of))
    if (end === null || early === undefined) return end
    const same = (['code', 'signal', 'connections', 'atStop'] as const).every(
      (name) => end[name] === early[name],
    )
    return same ? { ...end, atStop: null } : end
  }
}

function key(slot: string, of: EndOf): string {
  return `${of} ${slot}`
}
