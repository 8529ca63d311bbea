import fc from 'fast-check'
import type { World } from './world.ts'

/** Something that goes wrong when the operator has sent so many requests. Times in milliseconds. */
export interface Disturbance {
  readonly afterRequests: number
  readonly what: What
}

type What =
  /** The next writes, or all requests, are answered with this status. */
  | { readonly kind: 'storm'; readonly status: 409 | 429 | 503; readonly times: number }
  /** Versions are forgotten and all watches cut: 410, list anew. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'stall'; readonly ms: number; readonly times: number }
  /** Requests whose connection is cut before or after they were carried out. */
  | { readonly kind: 'cut'; readonly answerLost: boolean; readonly times: number }
  /** Writes whose connection is cut, and that are carried out so much later. */
  | { readonly kind: 'late'; readonly ms: number; readonly times: number }
  | { readonly kind: 'droppedWatches' }
  /** Links stand and bring nothing, for so long; then they break, if nobody has left them before. */
  | { readonly kind: 'halfOpenWatches'; readonly ms: number }
  | { readonly kind: 'events'; readonly how: 'repeat' | 'shuffle'; readonly ms: number }
  | { readonly kind: 'restart' }

export interface DisturbanceOptions {
  /** The longest stall. */
  readonly stallMs: number
}

/** Any schedule of one to six disturbances in the course of a rollout. */
export function disturbances({
  stallMs,
}: DisturbanceOptions): fc.Arbitrary<readonly Disturbance[]> {
  const times = fc.integer({ min: 1, max: 8 })
  const ms = fc.integer({ min: 50, max: 600 })
  const what: fc.Arbitrary<What> = fc.oneof(
    fc.record({
      kind: fc.constant('storm' as const),
      status: fc.constantFrom(409 as const, 429 as const, 503 as const),
      times,
    }),
    fc.constant({ kind: 'gone' as const }),
    fc.record({ kind: fc.constant('stall' as const), ms: fc.constant(stallMs), times }),
    fc.record({ kind: fc.constant('cut' as const), answerLost: fc.boolean(), times }),
    fc.record({ kind: fc.constant('late' as const), ms, times }),
    fc.constant({ kind: 'droppedWatches' as const }),
    fc.record({ kind: fc.constant('halfOpenWatches' as const), ms }),
    fc.record({
      kind: fc.constant('events' as const),
      how: fc.constantFrom('repeat' as const, 'shuffle' as const),
      ms,
    }),
    fc.constant({ kind: 'restart' as const }),
  )
  const one = fc.record({ afterRequests: fc.integer({ min: 0, max: 40 }), what })
  return fc.array(one, { minLength: 1, maxLength: 6 })
}

/** Lets one of them happen. `restart` exchanges the operator. */
export async function disturb(
  { server }: World,
  what: What,
  restart: () => Promise<void>,
): Promise<void> {
  switch (what.kind) {
    case 'storm': {
      // Only writes with a precondition meet a conflict.
      const only = what.status === 409 ? { method: 'PATCH', path: /\/(pods|sidecarsets)\// } : {}
      server.fail({ ...only, status: what.status, times: what.times })
      return
    }
    case 'gone':
      server.compact()
      server.dropWatches()
      return
    case 'stall':
      server.fail({ stallMs: what.ms, times: what.times })
      return
    case 'cut':
      server.fail(
        what.answerLost
          ? { method: 'PATCH', answerLost: true, times: what.times }
          : { status: 0, times: what.times },
      )
      return
    case 'late':
      server.fail({ method: 'PATCH', path: /\/pods\//, lateMs: what.ms, times: what.times })
      return
    case 'droppedWatches':
      server.dropWatches()
      return
    case 'halfOpenWatches':
      server.stallWatches(true)
      setTimeout(() => {
        // What such a link has swallowed it never brings: it does not come back to life.
        server.dropWatches()
        server.stallWatches(false)
      }, what.ms)
      return
    case 'events':
      server.disturbWatches(what.how)
      setTimeout(() => {
        server.disturbWatches('none')
      }, what.ms)
      return
    case 'restart':
      await restart()
  }
}
