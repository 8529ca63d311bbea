import { boolean, object, optional } from '../../api/decode.ts'
import { GROUP, SYSTEM_NAMESPACE } from '../../api/group.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import type { Permissions } from '../wire.ts'

/** resourceAttributes of a SelfSubjectAccessReview. */
interface Attributes {
  readonly group: string
  readonly resource: string
  readonly subresource?: string
  readonly verb: string
  readonly namespace?: string
}

/** What each action of the page needs. Without a namespace: in all of them. */
const QUESTIONS: Readonly<Record<keyof Permissions, Attributes>> = {
  patchSets: { group: GROUP, resource: 'sidecarsets', verb: 'patch' },
  listPods: { group: '', resource: 'pods', verb: 'list' },
  askAgents: { group: '', resource: 'pods', subresource: 'proxy', verb: 'get' },
  listRevisions: {
    group: 'apps',
    resource: 'controllerrevisions',
    verb: 'list',
    namespace: SYSTEM_NAMESPACE,
  },
  listEvents: { group: '', resource: 'events', verb: 'list', namespace: 'default' },
  listGateways: { group: GROUP, resource: 'ingressgateways', verb: 'list' },
  patchGateways: { group: GROUP, resource: 'ingressgateways', verb: 'patch' },
  listInterceptions: { group: GROUP, resource: 'trafficinterceptions', verb: 'list' },
  patchInterceptions: { group: GROUP, resource: 'trafficinterceptions', verb: 'patch' },
}

const review = object({ status: optional(object({ allowed: boolean })) })
const DEADLINE_MS = 5_000

/** What the user may do there, by the API server's own word. @throws ApiError */
export async function readPermissions(cluster: Cluster): Promise<Permissions> {
  const names = Object.keys(QUESTIONS) as (keyof Permissions)[]
  const answers = await Promise.all(
    names.map(async (name) => [name, await isAllowed(cluster, QUESTIONS[name])] as const),
  )
  return Object.fromEntries(answers) as Record<keyof Permissions, boolean>
}

async function isAllowed({ client }: Cluster, resourceAttributes: Attributes): Promise<boolean> {
  const answer = await client.transport.request({
    method: 'POST',
    path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
    body: {
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes },
    },
    deadlineMs: DEADLINE_MS,
    retry: false,
  })
  return review(answer, 'SelfSubjectAccessReview').status?.allowed === true
}
