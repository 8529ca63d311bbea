import type { KubeObject } from '../client/objects.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'

export interface ExpectationsOptions {
  /** After which a write that was never seen is no longer waited for. Defaults to 300,000. */
  readonly timeoutMs?: number
  readonly clock?: Clock
}

/**
 * "I wrote this: an older cache says nothing to me." Without it a controller that acts on its own
 * stale cache does its work twice.
 */
export interface Expectations {
  /** To be called after a write, with the version the server answered. */
  expect(key: string, resourceVersion: string): void
  /** May the cache's state of this key be acted on? */
  satisfied(key: string, seen: KubeObject | undefined): boolean
  /** Keys that were written and not seen since: whoever has thousands need not ask for each. */
  pending(): Iterable<string>
  forget(key: string): void
}

/** Creates an empty set of expectations. */
export function createExpectations(options: ExpectationsOptions = {}): Expectations {
  const { timeoutMs = 300_000, clock = realClock } = options
  const expected = new Map<string, { readonly version: bigint; readonly untilMs: number }>()
  return {
    expect: (key, resourceVersion) => {
      const version = parseVersion(resourceVersion)
      if (version !== undefined) expected.set(key, { version, untilMs: clock.now() + timeoutMs })
    },
    satisfied: (key, seen) => {
      const entry = expected.get(key)
      if (entry === undefined) return true
      const version = parseVersion(seen?.metadata.resourceVersion ?? '')
      const reached = version !== undefined && version >= entry.version
      if (!reached && clock.now() < entry.untilMs) return false
      expected.delete(key)
      return true
    },
    pending: () => [...expected.keys()],
    forget: (key) => {
      expected.delete(key)
    },
  }
}

/** Versions of one kind are ordered numbers: the API guarantees it since Kubernetes 1.35 (KEP-5504). */
function parseVersion(text: string): bigint | undefined {
  return /^\d+$/.test(text) ? BigInt(text) : undefined
}
