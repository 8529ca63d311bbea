import { CUSTOM_VERSION_LABEL } from '../../../api/revision.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { IngressGatewayStatus } from '../../../api/v1beta1/ingressgateway.ts'
import type { InjectRevision } from '../../../api/v1beta1/sidecarset.ts'
import type { ControllerRevision, Pod } from '../../../runtime/client/kinds.ts'
import { viewPod } from '../rollout/podView.ts'

/**
 * Revisions that must not be trimmed: those that pods have or may go back to, those that the status
 * names (of a gateway also that of its template), and the one that new pods are pinned to.
 * @param existing ControllerRevisions of the set
 */
export function hashesInUse(
  set: StoredSidecarSet,
  pods: readonly Pod[],
  existing: readonly ControllerRevision[],
): ReadonlySet<string> {
  const { name } = set.metadata
  const inPods = pods.flatMap((pod) => {
    const view = viewPod(pod, name)
    if (view === undefined) return []
    const { state } = view
    return [view.entry.hash, ...(state === undefined ? [] : [state.revision, state.from.revision])]
  })
  // Of a gateway, with whose pods the set is filled, the status is wider.
  const status: IngressGatewayStatus = set.status ?? {}
  const { currentRevision = '', failedRevision = '', templateRevision = '' } = status
  const pinned = pinnedName(set.spec.injectionStrategy?.revision, existing) ?? ''
  const named = [currentRevision, failedRevision, templateRevision, pinned.slice(name.length + 1)]
  return new Set([...inPods, ...named])
}

/** As the webhook finds it: by name, else the newest one that has the version. */
function pinnedName(
  pinned: InjectRevision | undefined,
  existing: readonly ControllerRevision[],
): string | undefined {
  if (pinned?.revisionName !== undefined) return pinned.revisionName
  if (pinned?.customVersion === undefined) return undefined
  return existing
    .filter(({ metadata }) => metadata.labels?.[CUSTOM_VERSION_LABEL] === pinned.customVersion)
    .toSorted((left, right) => right.revision - left.revision)[0]?.metadata.name
}
