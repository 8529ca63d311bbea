import { describeSubject } from '../../api/gateway/subject.ts'
import {
  CUSTOM_VERSION_LABEL,
  readTemplate,
  REVISION_SET_LABEL,
  revisionHash,
  revisionName,
  revisionTemplate,
  withTemplate,
} from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { InjectRevision } from '../../api/v1beta1/sidecarset.ts'
import type { ControllerRevision } from '../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { InjectableSet } from '../inject/injectableSet.ts'
import type { Pod } from '../inject/podTypes.ts'
import { pinnedRevision } from './pinnedRevision.ts'

export interface RevisionOptions {
  readonly revisions: Pick<ResourceClient<ControllerRevision>, 'get' | 'list'>
  /** Where the operator keeps ControllerRevisions. */
  readonly namespace: string
  readonly logger: Logger
  /** From 0 to 1, for shares of new pods. */
  readonly random: () => number
}

/** What of a set a new pod gets. */
export interface NewPodRevision {
  readonly injectable: InjectableSet
  /** A sentence when it is not the revision that it should be. */
  readonly warning?: string
}

/** The API server waits ten seconds for the pod at most, and there may be several sets. */
const DEADLINE_MS = 2_000

/**
 * The revision that the set pins for this pod, else the latest, unless that has failed and pods are
 * back at the one before, or it is still in the steps of its canary: then new pods get the one before
 * too, so that no autoscaler brings a revision to more pods than a step is for. If it cannot be read, a pod with another
 * revision is better than no pod.
 */
export async function revisionForNewPods(
  set: StoredSidecarSet,
  pod: Pod,
  options: RevisionOptions,
  signal: AbortSignal,
): Promise<NewPodRevision> {
  const { name } = set.metadata
  const hash = revisionHash(revisionTemplate(set.spec))
  const latest: InjectableSet = { set, hash, revisionName: revisionName(name, hash) }
  const wanted = wantedRevision(set, pod, hash, options.random())
  if (wanted === undefined) return { injectable: latest }
  try {
    return { injectable: await readRevision(set, wanted, options, signal) }
  } catch (error) {
    if (signal.aborted) throw error
    options.logger.warn('wanted revision not readable', { sidecarset: name, wanted, error })
    const why = error instanceof Error ? error.message : String(error)
    return { injectable: latest, warning: warningOf(name, hash, wanted, why) }
  }
}

type Wanted = Pick<InjectRevision, 'revisionName' | 'customVersion'> & {
  readonly why: 'pinned' | 'failed' | 'canary'
}

function warningOf(set: string, hash: string, wanted: Wanted, why: string): string {
  const unread = `since ${nameOf(wanted)} cannot be read (${why})`
  switch (wanted.why) {
    case 'pinned':
      return `${describeSubject(set)}: the pod gets the latest revision ${hash}, ${unread}; change spec.injectionStrategy.revision.`
    case 'failed':
      return `${describeSubject(set)}: the pod gets revision ${hash}, which failed, ${unread}; change the spec to one that works.`
    case 'canary':
      return `${describeSubject(set)}: the pod gets revision ${hash} before its turn, ${unread}.`
  }
}

/** Undefined: the latest. */
function wantedRevision(
  set: StoredSidecarSet,
  pod: Pod,
  latest: string,
  chance: number,
): Wanted | undefined {
  const pinned = pinnedRevision(set, pod, chance)
  if (pinned !== undefined) return { ...pinned, why: 'pinned' }
  const { failedRevision, currentRevision } = set.status ?? {}
  if (currentRevision === undefined || currentRevision === latest) return undefined
  const former = { revisionName: revisionName(set.metadata.name, currentRevision) }
  if (failedRevision === latest) return { ...former, why: 'failed' }
  return isInSteps(set, latest) ? { ...former, why: 'canary' } : undefined
}

/** Also before the operator has seen the revision: by the spec alone. */
function isInSteps({ spec, status }: StoredSidecarSet, latest: string): boolean {
  if ((spec.updateStrategy?.canary?.steps ?? []).length === 0) return false
  const { rollout } = status ?? {}
  return rollout?.revision !== latest || rollout.step !== undefined
}

function nameOf({ revisionName: name, customVersion }: Wanted): string {
  return name ?? `version ${customVersion ?? ''}`
}

async function readRevision(
  set: StoredSidecarSet,
  wanted: Wanted,
  options: RevisionOptions,
  signal: AbortSignal,
): Promise<InjectableSet> {
  const revision = await findRevision(set.metadata.name, wanted, options, signal)
  const template = readTemplate(revision.data)
  const { name } = revision.metadata
  const prefix = revisionName(set.metadata.name, '')
  if (template === undefined || !name.startsWith(prefix)) {
    throw new TypeError(`ControllerRevision ${name} has no template of this set`)
  }
  const spec = withTemplate(set.spec, template)
  return { set: { ...set, spec }, hash: name.slice(prefix.length), revisionName: name }
}

/** Errors: ApiError; RangeError when no revision has the version. */
export async function findRevision(
  set: string,
  wanted: Pick<InjectRevision, 'revisionName' | 'customVersion'>,
  { revisions, namespace }: Pick<RevisionOptions, 'revisions' | 'namespace'>,
  signal: AbortSignal,
): Promise<ControllerRevision> {
  const call = { signal, deadlineMs: DEADLINE_MS }
  if (wanted.revisionName !== undefined) {
    return revisions.get({ namespace, name: wanted.revisionName }, call)
  }
  const version = wanted.customVersion ?? ''
  const labelSelector = `${REVISION_SET_LABEL}=${set},${CUSTOM_VERSION_LABEL}=${version}`
  const { items } = await revisions.list({ namespace, labelSelector, ...call })
  const [newest] = items.toSorted((left, right) => right.revision - left.revision)
  if (newest === undefined) throw new RangeError(`no revision has the version ${version}`)
  return newest
}
