import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { matchesSelector } from '../../api/labelSelector.ts'
import { REVISION_SET_LABEL } from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { PREFETCH_LABEL } from '../../operator/sidecarset/prefetch/prefetchPod.ts'
import { mayDrain } from '../../operator/sidecarset/rollout/draining.ts'
import { viewPod } from '../../operator/sidecarset/rollout/podView.ts'
import { CONTROLLER_REVISIONS, NAMESPACES, PODS } from '../../runtime/client/kinds.ts'
import type { ControllerRevision, Pod } from '../../runtime/client/kinds.ts'
import { askAgents } from '../cluster/agents.ts'
import type { Cluster } from '../cluster/cluster.ts'
import { ifAllowed } from '../cluster/ifAllowed.ts'
import { namespaceOfPods } from '../cluster/subjects.ts'
import { selectorText } from '../cluster/selectorText.ts'
import type { Rollout } from './rollout.ts'
import { lookAt } from './rollout.ts'

/** Which agents are asked: those of pods in an upgrade or after one, all, or none. */
export const agentChoices = ['busy', 'all', 'none'] as const
export type AgentChoice = (typeof agentChoices)[number]

/** What reading a rollout needs to be allowed. */
export const ROLLOUT_ACCESS = [
  'get sidecarsets (or ingressgateways), list pods',
  `list controllerrevisions and pods in ${SYSTEM_NAMESPACE}, list namespaces, get pods/proxy (each optional)`,
] as const

/** Reads everything about a set's rollout; what is forbidden is noted, but for the pods. */
export async function readRollout(
  cluster: Cluster,
  set: StoredSidecarSet,
  { now, agents }: { readonly now: number; readonly agents: AgentChoice },
): Promise<Rollout> {
  const notes: string[] = []
  const { name } = set.metadata
  const { client } = cluster
  const [pods, revisions, prefetchPods] = await Promise.all([
    podsOf(cluster, set, notes),
    readRevisions(cluster, name, notes),
    ifAllowed<readonly Pod[]>('prefetch pods', notes, [], async () => {
      const labelSelector = `${PREFETCH_LABEL}=${name}`
      const list = await client.resource(PODS).list({ namespace: SYSTEM_NAMESPACE, labelSelector })
      return list.items
    }),
  ])
  const asked =
    agents === 'none' ? [] : pods.filter((pod) => agents === 'all' || isBusy(pod, name, now))
  const silent: string[] = []
  const answers = await askAgents(cluster, asked, notes, silent)
  notes.push(...silent.slice(0, 1))
  if (silent.length > 1) notes.push(`nor did ${silent.length - 1} other agents`)
  return lookAt({ set, pods, revisions, prefetchPods, agents: answers, notes, now })
}

/** ControllerRevisions of a set. */
export function readRevisions(
  { client }: Cluster,
  set: string,
  notes: string[],
): Promise<readonly ControllerRevision[]> {
  return ifAllowed<readonly ControllerRevision[]>('revisions', notes, [], async () => {
    const labelSelector = `${REVISION_SET_LABEL}=${set}`
    const options = { namespace: SYSTEM_NAMESPACE, labelSelector }
    return (await client.resource(CONTROLLER_REVISIONS).list(options)).items
  })
}

async function podsOf(
  { client }: Cluster,
  set: StoredSidecarSet,
  notes: string[],
): Promise<readonly Pod[]> {
  const { namespaceSelector, selector } = set.spec
  const own = namespaceOfPods(set)
  const { items } = await client
    .resource(PODS)
    .list({ labelSelector: selectorText(selector), ...own })
  if (own.namespace !== undefined) return items
  if (namespaceSelector === undefined) return items
  const namespaces = await ifAllowed('namespaces', notes, undefined, async () => {
    const list = await client.resource(NAMESPACES).list()
    return list.items
      .filter(({ metadata }) => matchesSelector(namespaceSelector, metadata.labels))
      .map(({ metadata }) => metadata.name)
  })
  if (namespaces === undefined) return items
  const selected = new Set(namespaces)
  return items.filter(({ metadata }) => selected.has(metadata.namespace ?? ''))
}

/** Is there something that only the pod's agent can tell? */
export function isBusy(pod: Pod, set: string, now: number): boolean {
  const view = viewPod(pod, set)
  return view?.desired !== undefined && (view.stage !== 'resting' || mayDrain(view, now))
}
