import { identityOf } from './eventObject.ts'
import type { Occurrence } from './eventObject.ts'

/** Events that are not written yet: warnings go first, for people wait for them. */
export interface PendingEvents {
  size(): number
  get(key: string): Occurrence | undefined
  put(key: string, occurrence: Occurrence): void
  /** Takes the oldest one out. @param kinds `warnings`: leaves all others where they are */
  take(kinds: 'all' | 'warnings'): readonly [string, Occurrence] | undefined
  /**
   * Drops the newest Normal event with this reason about an object. Was there one?
   * @param identity see identityOf
   */
  drop(identity: string, reason: string): boolean
}

export function createPendingEvents(): PendingEvents {
  const warnings = new Map<string, Occurrence>()
  const others = new Map<string, Occurrence>()
  /** Keys of the others, by object and reason. */
  const newest = new Map<string, string>()
  const placeOf = (identity: string, reason: string): string => `${reason} ${identity}`
  const forget = (key: string, { about, reason }: Occurrence): void => {
    const place = placeOf(identityOf(about), reason)
    if (newest.get(place) === key) newest.delete(place)
  }
  return {
    size: () => warnings.size + others.size,
    get: (key) => warnings.get(key) ?? others.get(key),
    put: (key, occurrence) => {
      if (occurrence.type === 'Warning') {
        warnings.set(key, occurrence)
        return
      }
      others.set(key, occurrence)
      newest.set(placeOf(identityOf(occurrence.about), occurrence.reason), key)
    },
    take: (kinds) => {
      const from = warnings.size > 0 || kinds === 'warnings' ? warnings : others
      for (const entry of from) {
        from.delete(entry[0])
        forget(...entry)
        return entry
      }
      return undefined
    },
    drop: (identity, reason) => {
      const place = placeOf(identity, reason)
      const key = newest.get(place)
      if (key === undefined) return false
      newest.delete(place)
      return others.delete(key)
    },
  }
}
