import { orAborted } from '../clock/orAborted.ts'
import { silentLogger } from '../logging/logger.ts'
import type { Logger } from '../logging/logger.ts'
import type { Runnable } from './runnable.ts'

/**
 * The stages in the order of their start. `base` (probes, metrics, event recorder) comes first and
 * ends last: a process must answer its probes while it waits for caches or the lease, and flush its
 * events after the last controller. Webhooks serve before the caches are full (they are not ready
 * until then), because caches may wait for objects that the webhooks must admit.
 */
export const stages = [
  'base',
  'certificates',
  'webhooks',
  'caches',
  'leader',
  'controllers',
] as const
export type Stage = (typeof stages)[number]

export interface ManagerOptions {
  readonly logger?: Logger
  /** How long a stage may take to stop before it is left behind. Defaults to 10,000. */
  readonly stopTimeoutMs?: number
}

/** Starts and stops the long-lived parts of a process. */
export interface Manager {
  /** Only before `run`. */
  add(stage: Stage, ...runnables: readonly Runnable[]): void
  /**
   * Starts stage after stage and stops them in reverse. Ends when the signal aborts.
   * @throws the first error of any part; everything else is stopped before
   */
  run(signal: AbortSignal): Promise<void>
}

interface Running {
  readonly stage: Stage
  readonly stop: AbortController
  readonly ended: Promise<unknown>
}

/** Creates a manager without parts. */
export function createManager(options: ManagerOptions = {}): Manager {
  const { logger = silentLogger, stopTimeoutMs = 10_000 } = options
  const parts = new Map<Stage, Runnable[]>()

  return {
    add: (stage, ...runnables) => {
      parts.set(stage, [...(parts.get(stage) ?? []), ...runnables])
    },
    run: async (signal) => {
      const errors: unknown[] = []
      // Aborts when told to stop and when a part fails; parts are stopped one stage at a time after it.
      const halt = new AbortController()
      const forward = (): void => {
        halt.abort()
      }
      const fail = (error: unknown): void => {
        errors.push(error)
        halt.abort()
      }
      signal.addEventListener('abort', forward, { once: true })
      if (signal.aborted) forward()

      const running: Running[] = []
      for (const stage of stages) {
        if (halt.signal.aborted) break
        const runnables = parts.get(stage) ?? []
        if (runnables.length === 0) continue
        const stop = new AbortController()
        const runs = runnables.map((part) => supervise(part, stop.signal, logger, fail))
        running.push({ stage, stop, ended: Promise.all(runs) })
        await allReady(runnables, halt.signal, fail)
        logger.info('stage started', { stage })
      }
      const halted = Promise.withResolvers<undefined>()
      await orAborted(halted.promise, halt.signal)

      for (const { stage, stop, ended } of running.reverse()) {
        stop.abort()
        if (await endsWithin(ended, stopTimeoutMs)) logger.info('stage stopped', { stage })
        else logger.error('stage did not stop in time', { stage, stopTimeoutMs })
      }
      signal.removeEventListener('abort', forward)
      if (errors.length > 0) throw errors[0]
    },
  }
}

/** Runs a part; its end before it was told to is a failure too. Never rejects. */
async function supervise(
  part: Runnable,
  signal: AbortSignal,
  logger: Logger,
  fail: (error: unknown) => void,
): Promise<void> {
  try {
    await part.run(signal)
    if (!signal.aborted) throw new Error(`${part.name} ended though nobody told it to`)
  } catch (error) {
    logger.error('part failed', { part: part.name, error })
    fail(error)
  }
}

async function allReady(
  parts: readonly Runnable[],
  signal: AbortSignal,
  fail: (error: unknown) => void,
): Promise<void> {
  const all = Promise.all(parts.map(async (part) => part.ready?.(signal)))
  try {
    // A part that is broken may never become ready, nor look at the signal.
    await orAborted(all, signal)
  } catch (error) {
    fail(error)
  }
  all.catch(() => undefined)
}

async function endsWithin(ended: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<boolean>()
  const timer = setTimeout(() => {
    late.resolve(false)
  }, ms)
  try {
    return await Promise.race([ended.then(() => true), late.promise])
  } finally {
    clearTimeout(timer)
  }
}
