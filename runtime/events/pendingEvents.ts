import type { Occurrence } from './eventObject.ts'

/** Events that are not written yet: warnings go first, for people wait for them. */
export interface PendingEvents {
  size(): number
  get(key: string): Occurrence | undefined
  put(key: string, occurrence: Occurrence): void
  /** Takes the oldest one out. @param kinds `warnings`: leaves all others where they are */
  take(kinds: 'all' | 'warnings'): readonly [string, Occurrence] | undefined
}

export function createPendingEvents(): PendingEvents {
  const warnings = new Map<string, Occurrence>()
  const others = new Map<string, Occurrence>()
  const of = ({ type }: Occurrence) => (type === 'Warning' ? warnings : others)
  return {
    size: () => warnings.size + others.size,
    get: (key) => warnings.get(key) ?? others.get(key),
    put: (key, occurrence) => {
      of(occurrence).set(key, occurrence)
    },
    take: (kinds) => {
      const from = warnings.size > 0 || kinds === 'warnings' ? warnings : others
      for (const entry of from) {
        from.delete(entry[0])
        return entry
      }
      return undefined
    },
  }
}
