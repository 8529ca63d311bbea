import { GenericKind, K8s, kind, RegisterKind } from 'kubernetes-fluent-client'
import { podRevisions } from '../api/podRecord.ts'
import { SIDECAR_SETS } from '../api/v1beta1/kinds.ts'
import type { SidecarSetStatus } from '../api/v1beta1/sidecarset.ts'
import { POD_HEADER, podRows } from './podRow.ts'
import { formatTable } from './table.ts'

/** The client finds a kind by its class, so it needs one of its own. */
class SidecarSet extends GenericKind {
  declare status?: SidecarSetStatus
}
RegisterKind(SidecarSet, SIDECAR_SETS)

const SET_HEADER = ['SET', 'MATCHED', 'UPDATED', 'READY', 'UPGRADING', 'FAILED', 'CONDITIONS']

/**
 * The text of `kubectl baton status [SET]`: all sets, or one with its pods.
 * Errors: those of the API server, e.g. that the set does not exist.
 */
export async function statusText(name?: string): Promise<string> {
  if (name === undefined) {
    const { items } = await K8s(SidecarSet).Get()
    if (items.length === 0) return 'No SidecarSet exists.'
    return formatTable(SET_HEADER, items.map(setRow))
  }
  const set = await K8s(SidecarSet).Get(name)
  const { items } = await K8s(kind.Pod).Get()
  const pods = items.filter((pod) => name in podRevisions(pod.metadata?.annotations))
  const sentences = (set.status?.conditions ?? []).map(
    ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
  )
  return [
    formatTable(SET_HEADER, [setRow(set)]),
    sentences.join('\n'),
    formatTable(POD_HEADER, pods.flatMap(podRows)),
  ].join('\n\n')
}

function setRow({ metadata, status = {} }: SidecarSet): readonly string[] {
  const conditions = (status.conditions ?? []).map(
    (condition) => `${condition.type}=${condition.status}`,
  )
  return [
    metadata?.name ?? '',
    String(status.matchedPods ?? 0),
    String(status.updatedPods ?? 0),
    String(status.readyPods ?? 0),
    String(status.upgradingPods ?? 0),
    String(status.failedPods ?? 0),
    conditions.join(' '),
  ]
}
