import type { Client } from '../client/client.ts'
import { EVENTS } from '../client/kinds.ts'
import type { KubeObject, ObjectRef } from '../client/objects.ts'
import { realClock } from '../clock/clock.ts'
import type { Clock } from '../clock/clock.ts'
import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import { createMetrics } from '../metrics/metrics.ts'
import type { Metrics } from '../metrics/metrics.ts'
import { isApiError } from '../transport/apiError.ts'
import { createBucket } from '../workqueue/bucket.ts'
import type { Bucket } from '../workqueue/bucket.ts'
import {
  correlationKey,
  eventObject,
  identified,
  identityOf,
  namespaceOf,
  wholeSeconds,
} from './eventObject.ts'
import type { EventType, Occurrence } from './eventObject.ts'
import { createPendingEvents } from './pendingEvents.ts'
import { createRecentMap } from './recentMap.ts'

export interface EventRecorderOptions {
  readonly client: Client
  /** Shown as where an event comes from. */
  readonly component: string
  /** Which replica. Defaults to the component. */
  readonly instance?: string
  /**
   * Normal events written a second, after a burst: what is told of thousands of pods must not take
   * the API server from those who work on them. Warnings do not wait. Defaults to 30.
   */
  readonly normalPerSecond?: number
  /**
   * By the reason of an end, the reason of its beginning: when the end is to be told and the beginning
   * of the same object still waits, only the end is.
   */
  readonly ends?: Readonly<Record<string, string>>
  readonly clock?: Clock
  readonly logger?: Logger
  readonly metrics?: Metrics
}

/** Tells users what happened to their objects. */
export interface EventRecorder {
  readonly name: string
  /** Writes events until it is aborted, then what is left, for at most 5 s. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Never throws and never waits: an event that cannot be written is counted and forgotten.
   * @param reason constant, UpperCamelCase
   * @param message a sentence
   */
  event(about: KubeObject, type: EventType, reason: string, message: string): void
}

/** client-go's numbers: a burst of 25 an object, then one in five minutes; 4,096 remembered. */
const burst = 25
const ratePerSecond = 1 / 300
const remembered = 4_096
/** The same within this time is counted, not told anew. */
const sameWithinMs = 600_000
const mostPending = 10_000
/** Normal events in a row before they are paced. */
const normalBurst = 100
const flushMs = 5_000

interface Written {
  readonly ref: ObjectRef
  readonly count: number
  readonly lastMs: number
}

/** Creates a recorder; nothing is written before `run`. */
export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { component, instance = component, clock = realClock, normalPerSecond = 30 } = options
  const { ends = {} } = options
  const logger = options.logger ?? silentLogger
  const events = options.client.resource(EVENTS)
  const discarded = (options.metrics ?? createMetrics()).counter({
    name: 'events_discarded_total',
    help: 'Events that were not written, by why.',
    labelNames: ['why'],
  })
  for (const why of ['rate', 'full', 'failed', 'stopped', 'overtaken'] as const)
    discarded.inc({ why }, 0)
  const pending = createPendingEvents()
  const pace = createBucket(normalPerSecond, normalBurst)
  const written = createRecentMap<Written>(remembered)
  const buckets = createRecentMap<Bucket>(remembered)
  let wake = Promise.withResolvers<undefined>()
  let serial = 0

  const create = async (
    key: string,
    occurrence: Occurrence,
    signal: AbortSignal,
  ): Promise<void> => {
    const suffix = `${clock.now().toString(16)}${(serial++ % 4096).toString(16).padStart(3, '0')}`
    const event = eventObject(occurrence, { component, instance }, suffix)
    await events.create(event, { signal, retry: true })
    const { namespace = '', name } = event.metadata
    const { count, lastMs } = occurrence
    written.set(key, { ref: { namespace, name }, count, lastMs })
  }
  const write = async (key: string, occurrence: Occurrence, signal: AbortSignal): Promise<void> => {
    const known = written.get(key)
    if (known === undefined || occurrence.lastMs - known.lastMs > sameWithinMs) {
      await create(key, occurrence, signal)
      return
    }
    const count = known.count + occurrence.count
    const patch = { count, lastTimestamp: wholeSeconds(occurrence.lastMs) }
    try {
      await events.mergePatch(known.ref, patch, { signal })
      written.set(key, { ref: known.ref, count, lastMs: occurrence.lastMs })
    } catch (error) {
      // The server forgets events after an hour.
      if (!isApiError(error, 'NotFound')) throw error
      await create(key, occurrence, signal)
    }
  }
  const writeOrForget = async (
    [key, occurrence]: readonly [string, Occurrence],
    signal: AbortSignal,
  ): Promise<void> => {
    try {
      await write(key, occurrence, signal)
    } catch (error) {
      discarded.inc({ why: 'failed' })
      const { reason, about } = occurrence
      logger.warn('event could not be written', {
        error,
        reason,
        namespace: namespaceOf(about),
        name: about.metadata.name,
      })
    }
  }
  /** Until something new is to be told, or the pace allows what is already. */
  const rest = async (signal: AbortSignal): Promise<void> => {
    if (pending.size() === 0) {
      await orAborted(wake.promise, signal)
    } else {
      const awake = new AbortController()
      const pause = clock.sleep(1000 / normalPerSecond, AbortSignal.any([signal, awake.signal]))
      await Promise.race([pause, wake.promise])
      awake.abort()
    }
    wake = Promise.withResolvers()
  }

  return {
    name: 'event recorder',
    run: async (signal) => {
      // The stop must not cut an event short: requests end by the flush's deadline, not by the signal.
      const flush = new AbortController()
      const running = (): boolean => !signal.aborted
      let timer: NodeJS.Timeout | undefined
      const startFlush = (): void => {
        timer = setTimeout(() => {
          flush.abort()
        }, flushMs)
      }
      signal.addEventListener('abort', startFlush, { once: true })
      if (!running()) startFlush()
      let hasToken = false
      while (running()) {
        hasToken ||= pace.tryTake(clock.now())
        const next = pending.take(hasToken ? 'all' : 'warnings')
        if (next === undefined) {
          await rest(signal)
        } else {
          if (next[1].type === 'Normal') hasToken = false
          await writeOrForget(next, flush.signal)
        }
      }
      for (let last = pending.take('all'); last !== undefined; last = pending.take('all')) {
        if (flush.signal.aborted) discarded.inc({ why: 'stopped' })
        else await writeOrForget(last, flush.signal)
      }
      clearTimeout(timer)
    },
    event: (about, type, reason, message) => {
      const identity = identityOf(about)
      const bucket = buckets.get(identity) ?? createBucket(ratePerSecond, burst)
      buckets.set(identity, bucket)
      const nowMs = clock.now()
      const key = correlationKey({ about, type, reason, message })
      const waiting = pending.get(key)
      if (!bucket.tryTake(nowMs)) {
        discarded.inc({ why: 'rate' })
        return
      }
      const beginning = ends[reason]
      if (beginning !== undefined && pending.drop(identity, beginning)) {
        discarded.inc({ why: 'overtaken' })
      }
      if (waiting === undefined && pending.size() >= mostPending) {
        discarded.inc({ why: 'full' })
      } else {
        const count = (waiting?.count ?? 0) + 1
        const firstMs = waiting?.firstMs ?? nowMs
        const told = { type, reason, message, count, firstMs, lastMs: nowMs }
        pending.put(key, { about: identified(about), ...told })
        wake.resolve(undefined)
      }
    },
  }
}
