import type { Clock } from '../clock/clock.ts'

/** Keys that wait for their time. */
export interface Delays {
  /** Of two times for one key the sooner counts. */
  schedule(key: string, atMs: number): void
  size(): number
}

interface Entry {
  readonly key: string
  readonly atMs: number
}

/** Ends a sleep. Given as the reason, since an error with its stack would be made of none. */
const AWAKE = 'awake'

/**
 * Waits for the soonest key with one sleep, however many there are: thousands of objects are looked
 * at again every few minutes, and a timer each would cost more than the work.
 */
export function createDelays(
  clock: Clock,
  signal: AbortSignal,
  due: (key: string) => void,
): Delays {
  const heap: Entry[] = []
  const wanted = new Map<string, number>()
  let wake: AbortController | undefined
  const ended = (): boolean => signal.aborted

  const release = (): void => {
    const nowMs = clock.now()
    for (let top = heap[0]; top !== undefined && top.atMs <= nowMs; top = heap[0]) {
      pop(heap)
      // An entry that was overtaken by a sooner one for the same key is dead.
      if (wanted.get(top.key) !== top.atMs) continue
      wanted.delete(top.key)
      due(top.key)
    }
  }
  const loop = async (): Promise<void> => {
    for (let top = heap[0]; top !== undefined && !ended(); top = heap[0]) {
      wake = new AbortController()
      const stop = wake
      const forward = (): void => {
        stop.abort(AWAKE)
      }
      signal.addEventListener('abort', forward, { once: true })
      await clock.sleep(Math.max(0, top.atMs - clock.now()), stop.signal)
      signal.removeEventListener('abort', forward)
      if (!ended()) release()
    }
    wake = undefined
  }

  return {
    schedule: (key, atMs) => {
      if (ended()) return
      const before = wanted.get(key)
      if (before !== undefined && before <= atMs) return
      wanted.set(key, atMs)
      const soonestMs = heap[0]?.atMs ?? Infinity
      push(heap, { key, atMs })
      if (wake === undefined) {
        wake = new AbortController()
        void loop()
      } else if (atMs < soonestMs) wake.abort(AWAKE)
    },
    size: () => wanted.size,
  }
}

function push(heap: Entry[], entry: Entry): void {
  let at = heap.push(entry) - 1
  while (at > 0) {
    const above = (at - 1) >> 1
    const parent = heap[above]
    if (parent === undefined || parent.atMs <= entry.atMs) break
    heap[at] = parent
    at = above
  }
  heap[at] = entry
}

function pop(heap: Entry[]): void {
  const last = heap.pop()
  if (last === undefined || heap.length === 0) return
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    if (left === undefined) break
    const [child, below] =
      right !== undefined && right.atMs < left.atMs ? [right, 2 * at + 2] : [left, 2 * at + 1]
    if (child.atMs >= last.atMs) break
    heap[at] = child
    at = below
  }
  heap[at] = last
}
