import type { Pod } from '../../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import type { Expectations } from '../../../runtime/controller/expectations.ts'
import { isApiError } from '../../../runtime/transport/apiError.ts'
import type { ApiErrorCode } from '../../../runtime/transport/apiError.ts'
import { eachLimited } from '../eachLimited.ts'
import type { PodBackoff } from './podBackoff.ts'

/**
 * Writes on pods that may have been carried out, or not: their answers were lost. Such a pod may be in
 * flight while the cache says that it rests, and another that began in its place would be one too many.
 */
export interface UnknownWrites {
  add(view: { readonly key: string; readonly pod: Pod }, why: string): void
  /**
   * Asks the API server what became of them. A pod that has changed is waited for in the cache; one
   * that has not counts as refused, and as open. Errors: ApiError; they are asked for again then.
   */
  settle(signal: AbortSignal): Promise<void>
  /**
   * Keys of pods whose write was not carried out when the API server was asked, but still may be: it
   * may wait somewhere on its way. Each names the version of the pod it was made for, so it cannot any
   * more once the pod has changed; and the API server itself gives requests up after a minute.
   * @param find the pod as the cache has it
   */
  open(find: (key: string) => Pod | undefined): ReadonlySet<string>
}

export interface UnknownWritesOptions {
  readonly pods: Pick<ResourceClient<Pod>, 'list'>
  readonly written: Expectations
  readonly backoff: PodBackoff
  readonly clock: { now(): number }
}

/** No answer, or one that does not say that nothing was done, as from a proxy on the way. */
const LOST: readonly ApiErrorCode[] = [
  'Timeout',
  'ServerError',
  'Unavailable',
  'Aborted',
  'ConnectionFailed',
  'BadAnswer',
  'Unknown',
]

/** May the write have been carried out all the same? */
export function isOutcomeUnknown(error: unknown): boolean {
  return isApiError(error, ...LOST)
}

const AT_A_TIME = 16
/** --request-timeout of the API server. */
const LONGEST_REQUEST_MS = 60_000

export function createUnknownWrites(options: UnknownWritesOptions): UnknownWrites {
  const { pods, written, backoff, clock } = options
  const open = new Map<string, { readonly version: string; readonly until: number }>()
  const entries = new Map<string, { readonly pod: Pod; readonly why: string }>()
  return {
    add: ({ key, pod }, why) => {
      entries.set(key, { pod, why })
    },
    settle: async (signal) => {
      await eachLimited([...entries], AT_A_TIME, async ([key, { pod, why }]) => {
        const { name, namespace = '', resourceVersion = '' } = pod.metadata
        const fieldSelector = `metadata.name=${name}`
        const { items } = await pods.list({ namespace, fieldSelector, signal })
        const version = items[0]?.metadata.resourceVersion ?? ''
        if (items.length === 0) backoff.forget(key)
        else if (version === resourceVersion) {
          backoff.refused(key, why)
          open.set(key, { version, until: clock.now() + LONGEST_REQUEST_MS })
        } else written.expect(key, version)
        entries.delete(key)
      })
    },
    open: (find) => {
      for (const [key, { version, until }] of open) {
        const isOver = find(key)?.metadata.resourceVersion !== version || clock.now() > until
        if (isOver) open.delete(key)
      }
      return new Set(open.keys())
    },
  }
}
