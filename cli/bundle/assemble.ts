import type { Part } from './collect.ts'
import { redact } from './redact.ts'

export interface Bundle {
  readonly parts: Readonly<Record<string, unknown>>
  /** What is not in it, and why. */
  readonly notes: readonly string[]
  readonly bytes: number
}

export interface Bounds {
  readonly mostBytes: number
  /** Milliseconds since the epoch: nothing is begun after it. */
  readonly deadline: number
  readonly now: () => number
}

/**
 * Reads parts one by one, redacted, until size or time are used up. A part that cannot be read is a
 * note, never the end: a bundle is wanted most where not everything works.
 */
export async function assemble(parts: readonly Part[], bounds: Bounds): Promise<Bundle> {
  const found: Record<string, unknown> = {}
  const notes: string[] = []
  let bytes = 0
  for (const { name, read } of parts) {
    const leftMs = bounds.deadline - bounds.now()
    if (leftMs <= 0) {
      notes.push(`${name}: left out, the time was used up`)
      continue
    }
    try {
      const value = redact(await within(read(), leftMs))
      const size = Buffer.byteLength(JSON.stringify(value ?? null))
      if (bytes + size > bounds.mostBytes) {
        notes.push(`${name}: left out, its ${size} bytes exceed the size of the bundle`)
        continue
      }
      bytes += size
      found[name] = value
    } catch (error) {
      notes.push(`${name}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  return { parts: found, notes, bytes }
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error('left out, it took too long'))
    }, ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
