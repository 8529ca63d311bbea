import type { SlotSize } from './slotSize.ts'
import { formatSize } from './slotSize.ts'

/**
 * What is known of the resizes of one pod, beside what the pod itself tells. Times are milliseconds
 * since the epoch.
 */
export interface ResizeNote {
  /** When the resize was asked for that the pod waits for. */
  readonly asked?: { readonly at: number }
  /** The resize that the API server refused, and what it said. */
  readonly refused?: { readonly id: string; readonly at: number; readonly sentence: string }
  /** Back-offs that were ended, by container and restart. */
  readonly ended: readonly EndedBackOff[]
}

export interface EndedBackOff {
  readonly container: string
  readonly restartCount: number
  readonly at: number
}

/** By pod key. */
export type ResizeNotes = ReadonlyMap<string, ResizeNote>

/**
 * Lost with the process, which costs little: a wait begins anew, a refused resize is asked for once
 * more, a back-off is ended by one more mebibyte.
 */
export interface ResizeMemory {
  /** What is not forgotten yet. */
  notes(): ResizeNotes
  /** The API server took one: what it refused before, it may take now. */
  asked(key: string): void
  /** Somebody waits: from now on, unless this operator has asked itself. */
  waiting(key: string): void
  /** Nobody waits any more. */
  settled(key: string): void
  refused(key: string, id: string, sentence: string): void
  endedBackOff(key: string, container: string, restartCount: number): void
}

/** As long as the kubelet remembers a back-off; and a cluster may get room, or another quota. */
const MEMORY_MS = 10 * 60 * 1000

const EMPTY: ResizeNote = { ended: [] }

/** One name for one wish. */
export function resizeId(sizes: Readonly<Record<string, SlotSize>>): string {
  return Object.entries(sizes)
    .map(([slot, size]) => `${slot}=${formatSize(size)}`)
    .sort()
    .join(' ')
}

export function createResizeMemory(clock: { now(): number }): ResizeMemory {
  const notes = new Map<string, ResizeNote>()
  const change = (key: string, fields: Partial<ResizeNote>): void => {
    notes.set(key, { ...(notes.get(key) ?? EMPTY), ...fields })
  }
  return {
    notes: () => {
      const now = clock.now()
      const fresh = ({ at }: { readonly at: number }): boolean => now - at < MEMORY_MS
      for (const [key, { asked, refused, ended }] of notes) {
        const kept: ResizeNote = {
          ...(asked !== undefined && fresh(asked) ? { asked } : {}),
          ...(refused !== undefined && fresh(refused) ? { refused } : {}),
          ended: ended.filter(fresh),
        }
        const isEmpty = kept.asked === undefined && kept.refused === undefined
        if (isEmpty && kept.ended.length === 0) notes.delete(key)
        else notes.set(key, kept)
      }
      return notes
    },
    asked: (key) => {
      const { ended } = notes.get(key) ?? EMPTY
      notes.set(key, { ended, asked: { at: clock.now() } })
    },
    waiting: (key) => {
      if (notes.get(key)?.asked === undefined) change(key, { asked: { at: clock.now() } })
    },
    settled: (key) => {
      const { asked, ...rest } = notes.get(key) ?? EMPTY
      if (asked !== undefined) notes.set(key, rest)
    },
    refused: (key, id, sentence) => {
      change(key, { refused: { id, at: clock.now(), sentence } })
    },
    endedBackOff: (key, container, restartCount) => {
      const ended = notes.get(key)?.ended ?? []
      change(key, { ended: [...ended, { container, restartCount, at: clock.now() }] })
    },
  }
}
