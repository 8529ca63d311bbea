import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { REVISION_SET_LABEL } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { planRevisions, readRevisions } from '../../operator/sidecarset/revisions/planRevisions.ts'
import { CONTROLLER_REVISIONS } from '../../runtime/client/kinds.ts'
import type { ControllerRevision } from '../../runtime/client/kinds.ts'
import type { Cluster } from '../cluster/cluster.ts'
import type { Revisions } from './findRevision.ts'

export interface StoredRevisions extends Revisions {
  readonly objects: readonly ControllerRevision[]
}

/** The revisions of a set, newest first; that of its spec too before the operator has kept it. */
export async function revisionsOf(
  { client }: Cluster,
  set: StoredSidecarSet,
): Promise<StoredRevisions> {
  const { name } = set.metadata
  const { items: objects } = await client
    .resource(CONTROLLER_REVISIONS)
    .list({ namespace: SYSTEM_NAMESPACE, labelSelector: `${REVISION_SET_LABEL}=${name}` })
  const { latest } = planRevisions({
    set,
    existing: objects,
    inUse: new Set(),
    namespace: SYSTEM_NAMESPACE,
  })
  // By the numbers that they have: the operator may be about to give the latest a new one.
  const stored = readRevisions(name, objects)
  const isStored = stored.some(({ hash }) => hash === latest.hash)
  const known = isStored ? stored : [...stored, latest]
  return {
    set: name,
    latest,
    current: set.status?.currentRevision,
    known: known.toSorted((left, right) => right.number - left.number),
    objects,
  }
}
