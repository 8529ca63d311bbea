import {
  readTemplate,
  revisionHash,
  revisionName,
  revisionTemplate,
  withTemplate,
} from '../../api/revision.ts'
import type { RevisionTemplate } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { ControllerRevision } from '../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { InjectableSet } from '../inject/injectableSet.ts'

export interface RevisionOptions {
  readonly revisions: Pick<ResourceClient<ControllerRevision>, 'get'>
  /** Where the operator keeps ControllerRevisions. */
  readonly namespace: string
  readonly logger: Logger
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
 * The latest revision, unless it has failed and pods are back at the one before: then new pods get
 * that one too. If it cannot be read, a pod with the failed revision is better than no pod.
 */
export async function revisionForNewPods(
  set: StoredSidecarSet,
  options: RevisionOptions,
  signal: AbortSignal,
): Promise<NewPodRevision> {
  const { name } = set.metadata
  const hash = revisionHash(revisionTemplate(set.spec))
  const latest: InjectableSet = { set, hash, revisionName: revisionName(name, hash) }
  const { failedRevision, currentRevision } = set.status ?? {}
  if (failedRevision !== hash || currentRevision === undefined || currentRevision === hash) {
    return { injectable: latest }
  }
  const current = revisionName(name, currentRevision)
  try {
    const template = await readRevision(current, options, signal)
    const spec = withTemplate(set.spec, template)
    return {
      injectable: { set: { ...set, spec }, hash: currentRevision, revisionName: current },
    }
  } catch (error) {
    if (signal.aborted) throw error
    options.logger.warn('current revision not readable', { sidecarset: name, current, error })
    const why = error instanceof Error ? error.message : String(error)
    const warning = `SidecarSet ${name}: the pod gets revision ${hash}, which failed, since ${current} cannot be read (${why}); change the spec to one that works.`
    return { injectable: latest, warning }
  }
}

async function readRevision(
  name: string,
  { revisions, namespace }: RevisionOptions,
  signal: AbortSignal,
): Promise<RevisionTemplate> {
  const { data } = await revisions.get({ namespace, name }, { signal, deadlineMs: DEADLINE_MS })
  const template = readTemplate(data)
  if (template === undefined) throw new TypeError(`ControllerRevision ${name} has no template`)
  return template
}
