import {
  REVISION_SET_LABEL,
  readTemplate,
  revisionHash,
  revisionName,
  revisionTemplate,
} from '../../../api/revision.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { ControllerRevision } from '../../../runtime/client/kinds.ts'
import { ownerReferenceTo } from '../../../runtime/client/objects.ts'
import type { Revision } from '../rollout/revision.ts'

export interface RevisionsInput {
  readonly set: StoredSidecarSet
  /** ControllerRevisions of the set. */
  readonly existing: readonly ControllerRevision[]
  /** Hashes that pods have or may go back to. */
  readonly inUse: ReadonlySet<string>
  readonly namespace: string
}

export interface RevisionsPlan {
  readonly latest: Revision
  /** By hash, the latest one included. */
  readonly known: ReadonlyMap<string, Revision>
  /** The one write that makes the latest revision the latest one; undefined when it is. */
  readonly write:
    | { readonly kind: 'create'; readonly object: ControllerRevision }
    | { readonly kind: 'renumber'; readonly name: string; readonly number: number }
    | undefined
  /** Names beyond the history limit, oldest first. */
  readonly surplus: readonly string[]
}

/** Which ControllerRevisions a set must have. */
export function planRevisions({ set, existing, inUse, namespace }: RevisionsInput): RevisionsPlan {
  const setName = set.metadata.name
  const template = revisionTemplate(set.spec)
  const hash = revisionHash(template)
  const name = revisionName(setName, hash)
  const revisions = existing.flatMap((object) => readRevision(setName, object) ?? [])
  const newest = Math.max(0, ...revisions.map((revision) => revision.number))
  const found = revisions.find((revision) => revision.hash === hash)
  const isLatest = found !== undefined && found.number === newest
  const number = isLatest ? newest : newest + 1
  const latest: Revision = { hash, name, number, template }
  const known = new Map(revisions.map((revision) => [revision.hash, revision]))
  known.set(hash, latest)

  const limit = set.spec.revisionHistoryLimit ?? 10
  const removable = revisions
    .filter((revision) => revision.hash !== hash && !inUse.has(revision.hash))
    .sort((left, right) => left.number - right.number)
  const surplus = removable.slice(0, Math.max(0, known.size - limit)).map((one) => one.name)
  return { latest, known, write: writeFor(), surplus }

  function writeFor(): RevisionsPlan['write'] {
    if (isLatest) return undefined
    if (found !== undefined) return { kind: 'renumber', name, number }
    const object: ControllerRevision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        namespace,
        labels: { [REVISION_SET_LABEL]: setName },
        ownerReferences: [ownerReferenceTo(set)],
      },
      revision: number,
      data: template,
    }
    return { kind: 'create', object }
  }
}

/** Undefined for an object that is not one of ours. */
function readRevision(set: string, object: ControllerRevision): Revision | undefined {
  const { name } = object.metadata
  const template = readTemplate(object.data)
  if (!name.startsWith(`${set}-`) || template === undefined) return undefined
  const hash = name.slice(set.length + 1)
  return { hash, name, number: object.revision, template }
}
