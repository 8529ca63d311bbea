import { perObject } from '../../../api/perObject.ts'
import {
  CUSTOM_VERSION_LABEL,
  REVISION_SET_LABEL,
  readTemplate,
  revisionData,
  revisionHash,
  revisionHashWithoutImage,
  revisionName,
  revisionTemplate,
} from '../../../api/revision.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { ControllerRevision } from '../../../runtime/client/kinds.ts'
import { ownersOf } from '../ownersOf.ts'
import type { Revision } from '../rollout/revision.ts'

/** ControllerRevisions that are kept when the set does not say. */
export const DEFAULT_HISTORY = 10

export interface RevisionsInput {
  readonly set: StoredSidecarSet
  /** ControllerRevisions of the set. */
  readonly existing: readonly ControllerRevision[]
  /** Hashes that pods have or may go back to. */
  readonly inUse: ReadonlySet<string>
  readonly namespace: string
  /** Is the latest revision to be tried again, under another number? Absent: no. */
  readonly isRetry?: (latest: Revision) => boolean
}

/** The same object for the same spec, so that what is worked out of it is worked out once. */
const templateOf = perObject(revisionTemplate)

type Labels = Readonly<Record<string, string>>

export interface RevisionsPlan {
  readonly latest: Revision
  /** By hash, the latest one included. */
  readonly known: ReadonlyMap<string, Revision>
  /** The one write that makes the latest revision the latest one, with its version; undefined when it is. */
  readonly write:
    | { readonly kind: 'create'; readonly object: ControllerRevision }
    | {
        readonly kind: 'renumber'
        readonly name: string
        readonly number: number
        readonly labels: Labels
      }
    | undefined
  /** Names beyond the history limit, oldest first. */
  readonly surplus: readonly string[]
}

/** Which ControllerRevisions a set must have. */
export function planRevisions(input: RevisionsInput): RevisionsPlan {
  const { set, existing, inUse, namespace, isRetry } = input
  const setName = set.metadata.name
  const template = templateOf(set.spec)
  const hash = revisionHash(template)
  const name = revisionName(setName, hash)
  const revisions = readRevisions(setName, existing)
  const newest = Math.max(0, ...revisions.map((revision) => revision.number))
  const found = revisions.find((revision) => revision.hash === hash)
  const isLatest = found !== undefined && found.number === newest && isRetry?.(found) !== true
  const number = isLatest ? newest : newest + 1
  const hashWithoutImage = revisionHashWithoutImage(template)
  const latest: Revision = { hash, name, number, template, hashWithoutImage }
  const { customVersion = '' } = set.spec
  const versionLabel: Labels = customVersion === '' ? {} : { [CUSTOM_VERSION_LABEL]: customVersion }
  const stored = existing.find((object) => object.metadata.name === name)?.metadata.labels
  // A version that is taken back stays: pods may be pinned to it.
  const isLabelled = customVersion === '' || stored?.[CUSTOM_VERSION_LABEL] === customVersion
  const known = new Map(revisions.map((revision) => [revision.hash, revision]))
  known.set(hash, latest)

  const limit = set.spec.revisionHistoryLimit ?? DEFAULT_HISTORY
  const removable = revisions
    .filter((revision) => revision.hash !== hash && !inUse.has(revision.hash))
    .sort((left, right) => left.number - right.number)
  const surplus = removable.slice(0, Math.max(0, known.size - limit)).map((one) => one.name)
  return { latest, known, write: writeFor(), surplus }

  function writeFor(): RevisionsPlan['write'] {
    if (isLatest && isLabelled) return undefined
    if (found !== undefined) return { kind: 'renumber', name, number, labels: versionLabel }
    const object: ControllerRevision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: {
        name,
        namespace,
        labels: { [REVISION_SET_LABEL]: setName, ...versionLabel },
        ownerReferences: ownersOf(set),
      },
      revision: number,
      data: revisionData(template),
    }
    return { kind: 'create', object }
  }
}

/** What the set's ControllerRevisions keep; objects that are not ours are passed over. */
export function readRevisions(
  set: string,
  existing: readonly ControllerRevision[],
): readonly Revision[] {
  return existing.flatMap((object) => readRevision(set, object) ?? [])
}

const readObject = perObject(({ data }: ControllerRevision) => readTemplate(data))

/** Undefined for an object that is not one of ours. */
function readRevision(set: string, object: ControllerRevision): Revision | undefined {
  const { name } = object.metadata
  const template = readObject(object)
  if (!name.startsWith(`${set}-`) || template === undefined) return undefined
  const hash = name.slice(set.length + 1)
  const hashWithoutImage = revisionHashWithoutImage(template)
  return { hash, name, number: object.revision, template, hashWithoutImage }
}
