import { usageError } from '../cliError.ts'

/** The options of one call. */
export interface Flags {
  readonly has: (name: string) => boolean
  readonly text: (name: string) => string | undefined
  readonly texts: (name: string) => readonly string[]
  /** A length of time such as 90s, 5m or 1h30m, in milliseconds. */
  readonly duration: (name: string) => number | undefined
}

export type FlagValues = ReadonlyMap<string, readonly string[]>

/** @param values by name; a switch that is on has one empty value */
export function createFlags(values: FlagValues): Flags {
  const text = (name: string): string | undefined => values.get(name)?.at(-1)
  return {
    has: (name) => values.has(name),
    text,
    texts: (name) => values.get(name) ?? [],
    duration: (name) => {
      const given = text(name)
      return given === undefined ? undefined : parseDuration(name, given)
    },
  }
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

function parseDuration(name: string, text: string): number {
  if (!/^(\d+(ms|s|m|h))+$/.test(text)) {
    throw usageError(`--${name} is "${text}", which is no length of time`, 'write 90s, 5m or 1h30m')
  }
  let total = 0
  for (const [, count, unit = ''] of text.matchAll(/(\d+)(ms|s|m|h)/g)) {
    total += Number(count) * (UNITS[unit] ?? 0)
  }
  return total
}
