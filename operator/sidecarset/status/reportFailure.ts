import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { ResourceClient } from '../../../runtime/client/resource.ts'
import { verdict } from '../../conditionWording.ts'
import { timed } from './timed.ts'

export interface FailureReport {
  readonly set: StoredSidecarSet
  readonly error: unknown
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly signal: AbortSignal
}

/**
 * Says in the condition Progressing that the operator could not do its work, and why: it must not
 * stand in its log alone. The next look that succeeds says something else. Gives the set as it is
 * then, or undefined when that was said already. Errors: ApiError.
 */
export async function reportFailure(
  resource: Pick<ResourceClient<StoredSidecarSet>, 'mergePatch'>,
  { set, error, now, signal }: FailureReport,
): Promise<StoredSidecarSet | undefined> {
  const why = error instanceof Error ? error.message : String(error)
  const message = `the operator tries again: ${why}`
  const { conditions = [] } = set.status ?? {}
  const said = conditions.some((one) => one.type === 'Progressing' && one.message === message)
  if (said) return undefined
  const failed = verdict('Progressing', 'False', 'ReconcileFailed', message)
  const others = conditions.filter(({ type }) => type !== 'Progressing')
  const progressing = timed(failed, conditions, set.metadata.generation ?? 0, now)
  const { name, resourceVersion } = set.metadata
  const status = { conditions: [progressing, ...others] }
  const patch = { metadata: { resourceVersion }, status }
  return resource.mergePatch({ name }, patch, { signal, subresource: 'status' })
}
