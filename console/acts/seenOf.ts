import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { situationOf } from '../../cli/actions/command.ts'
import type { Seen } from '../wire.ts'

/** What somebody who sees the set now decides by. */
export function seenOf(set: StoredSidecarSet): Seen {
  const { latest, step = 0 } = situationOf(set)
  return { generation: set.metadata.generation ?? 0, revision: latest, step }
}
