import { CliError } from '../../cli/cliError.ts'
import type { Place } from '../../cli/cluster/explain.ts'
import { explain, notInstalled } from '../../cli/cluster/explain.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { ClusterState } from '../wire.ts'

export interface Standing {
  readonly state: ClusterState
  /** A sentence; empty while all is well. */
  readonly reason: string
}

export const CONNECTED: Standing = { state: 'connected', reason: '' }

/** What a failed look at a cluster means for it. Pure. */
export function standingOf(error: unknown, place: Place): Standing {
  const known = isApiError(error, 'NotFound') ? notInstalled(place) : explain(error, place)
  const reason = known instanceof CliError ? sentenceOf(known) : String(known)
  return { state: stateOf(error), reason }
}

function stateOf(error: unknown): ClusterState {
  if (isApiError(error, 'Unauthorized')) return 'signedOut'
  if (isApiError(error, 'Forbidden')) return 'forbidden'
  if (isApiError(error, 'NotFound')) return 'notInstalled'
  return 'away'
}

function sentenceOf({ message, remedy }: CliError): string {
  return remedy === undefined ? message : `${message}: ${remedy}`
}
