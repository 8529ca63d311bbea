import { isApiError } from '../transport/apiError.ts'
import type { Transport } from '../transport/transport.ts'
import { decodePage } from './decode.ts'
import type { Page } from './decode.ts'
import type { ResourceKind } from './kinds.ts'
import type { KubeObject } from './objects.ts'
import type { ListOptions } from './options.ts'
import { collectionPath } from './resourcePath.ts'

/** client-go's page size: large enough to be few, small enough for the server's memory. */
const defaultLimit = 500
/** A page of 500 large pods over a slow link takes longer than an ordinary request may. */
const pageDeadlineMs = 60_000

export interface ListedPage<T extends KubeObject> extends Page<T> {
  /** Forget the pages before this one: the list had to start anew. */
  readonly restarted: boolean
}

/** Reads a list page by page. */
export async function* listPages<T extends KubeObject>(
  transport: Transport,
  kind: ResourceKind<T>,
  options: ListOptions,
): AsyncGenerator<ListedPage<T>> {
  const { namespace, labelSelector, fieldSelector, resourceVersion, signal, deadlineMs } = options
  let limit = options.limit ?? defaultLimit
  let continueToken = ''
  let restarted = false
  do {
    const query = {
      labelSelector,
      fieldSelector,
      limit: limit === 0 ? undefined : limit,
      ...(continueToken === '' ? { resourceVersion } : { continue: continueToken }),
    }
    try {
      const answer = await transport.request({
        method: 'GET',
        path: collectionPath(kind, namespace),
        query,
        deadlineMs: deadlineMs ?? pageDeadlineMs,
        ...(signal === undefined ? {} : { signal }),
      })
      const page = decodePage(kind, answer)
      yield { ...page, restarted }
      restarted = false
      continueToken = page.continueToken
    } catch (error) {
      // The token expired between two pages (etcd was compacted): all at once, this time.
      if (!isApiError(error, 'Gone') || continueToken === '') throw error
      continueToken = ''
      limit = 0
      restarted = true
    }
  } while (continueToken !== '' || restarted)
}
