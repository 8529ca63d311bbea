import type { KubeObject } from '../client/objects.ts'
import type { SelectOptions } from '../client/options.ts'
import type { ResourceClient } from '../client/resource.ts'
import type { Clock } from '../clock/clock.ts'
import type { Logger } from '../logging/logger.ts'
import { isApiError } from '../transport/apiError.ts'
import { createBackoff } from './backoff.ts'

/** Where a reflector puts what it sees. */
export interface ReflectorSink<T extends KubeObject> {
  /** The whole world at one moment. */
  replace(objects: readonly T[]): void
  set(object: T): void
  remove(object: T): void
  /** Something was heard: an answer, an event, a bookmark. */
  heard(): void
  /** The loop turned: it is alive, even if the server is not. */
  turned(): void
  listed(): void
  watched(): void
}

export interface ReflectorOptions<T extends KubeObject> {
  readonly resource: ResourceClient<T>
  readonly select: SelectOptions
  readonly transform: (object: T) => T
  readonly sink: ReflectorSink<T>
  readonly clock: Clock
  readonly random: () => number
  readonly logger: Logger
  /** A link on which nothing comes for this long, not even a bookmark, is dead. */
  readonly idleTimeoutMs: number
}

/** client-go's numbers: 800 ms to 30 s; an end sooner than a second counts as a failure. */
const backoffBaseMs = 800
const backoffMaxMs = 30_000
const shortWatchMs = 1_000
/** Random between 5 and 10 minutes, so that the watches of all clients do not end together. */
const watchTimeoutSeconds = 300

/**
 * Keeps a sink equal to a collection: LIST page by page, then WATCH from there on, for ever. A broken
 * watch goes on from the last version seen; only a forgotten version (410) makes it list again.
 */
export async function reflect<T extends KubeObject>(
  options: ReflectorOptions<T>,
  signal: AbortSignal,
): Promise<void> {
  const { sink, clock, random, logger } = options
  const backoff = createBackoff({ baseMs: backoffBaseMs, maxMs: backoffMaxMs, random })
  const stopped = (): boolean => signal.aborted
  let version: string | undefined
  let wasGone = false
  while (!stopped()) {
    sink.turned()
    try {
      version ??= await list(options, signal)
      const startMs = clock.now()
      for await (const next of watch(options, version, signal)) {
        version = next
        wasGone = false
        backoff.reset()
      }
      // Ended by the server as agreed; but one that ends at once, each time, must not be hammered.
      if (clock.now() - startMs < shortWatchMs) await clock.sleep(backoff.nextMs(), signal)
    } catch (error) {
      if (stopped()) return
      const gone = isApiError(error, 'Gone')
      if (gone) version = undefined
      // The first list after a 410 is at once: everything is stale until then.
      const delayMs = gone && !wasGone ? 0 : backoff.nextMs()
      wasGone = gone
      if (gone) logger.info('watched version is gone, listing again', { error, delayMs })
      else logger.warn('list or watch failed', { error, delayMs })
      await clock.sleep(delayMs, signal)
    }
  }
}

/** Gives the version the list shows. */
async function list<T extends KubeObject>(
  { resource, select, transform, sink }: ReflectorOptions<T>,
  signal: AbortSignal,
): Promise<string> {
  sink.listed()
  let objects: T[] = []
  let version = ''
  for await (const page of resource.pages({ ...select, signal })) {
    if (page.restarted) objects = []
    // Shrunk page by page: the untransformed list is never in memory as a whole.
    for (const object of page.items) objects.push(transform(object))
    version = page.resourceVersion
    sink.heard()
    sink.turned()
  }
  sink.replace(objects)
  return version
}

/** Yields the version after each event. */
async function* watch<T extends KubeObject>(
  { resource, select, transform, sink, random, idleTimeoutMs }: ReflectorOptions<T>,
  version: string,
  signal: AbortSignal,
): AsyncGenerator<string> {
  sink.watched()
  const timeoutSeconds = Math.floor(watchTimeoutSeconds * (1 + random()))
  const events = resource.watch({
    ...select,
    signal,
    resourceVersion: version,
    timeoutSeconds,
    idleTimeoutMs,
  })
  for await (const event of events) {
    sink.heard()
    sink.turned()
    if (event.type === 'BOOKMARK') {
      yield event.resourceVersion
      continue
    }
    const object = transform(event.object)
    if (event.type === 'DELETED') sink.remove(object)
    else sink.set(object)
    yield event.object.metadata.resourceVersion ?? version
  }
}
