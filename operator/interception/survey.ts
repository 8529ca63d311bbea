/**
 * Whose agents are asked though nothing is going on in their pods: nothing else tells the operator that
 * a proxy has died since. A few at a time, in turns, so that a thousand pods are no load.
 */
export interface Survey {
  /** The keys whose turn it is, of those given; none when the last look was a moment ago. */
  turn(object: string, keys: readonly string[]): readonly string[]
  forget(object: string): void
}

export interface SurveyOptions {
  readonly clock: { now(): number }
  /** Between two looks, in milliseconds. */
  readonly everyMs: number
  /** Pods that are asked in one look. */
  readonly atATime: number
}

export function createSurvey({ clock, everyMs, atATime }: SurveyOptions): Survey {
  const looks = new Map<string, { readonly at: number; readonly last: string }>()
  return {
    turn: (object, keys) => {
      const { at = Number.NEGATIVE_INFINITY, last = '' } = looks.get(object) ?? {}
      if (keys.length === 0 || clock.now() - at < everyMs) return []
      const sorted = keys.toSorted()
      const next = sorted.findIndex((key) => key > last)
      const start = Math.max(next, 0)
      const turn = [...sorted.slice(start), ...sorted.slice(0, start)].slice(0, atATime)
      looks.set(object, { at: clock.now(), last: turn.at(-1) ?? '' })
      return turn
    },
    forget: (object) => {
      looks.delete(object)
    },
  }
}
