import { CONFIGURATION, GROUP } from '../api/group.ts'
import { AUTHORITY_SECRET, OPERATOR, WEBHOOK_CONFIGURATIONS } from '../api/installation.ts'

export interface AccessRule {
  readonly apiGroups: readonly string[]
  readonly resources: readonly string[]
  readonly resourceNames?: readonly string[]
  readonly verbs: readonly string[]
}

/** What one component may do: in the whole cluster, and in its own namespace. */
export interface Access {
  readonly cluster: readonly AccessRule[]
  readonly namespace: readonly AccessRule[]
}

/** What a cache of all objects of a kind takes. */
const CACHE = ['list', 'watch'] as const

const rule = (
  group: string,
  resources: readonly string[],
  verbs: readonly string[],
  resourceNames?: readonly string[],
): AccessRule => ({
  apiGroups: [group],
  resources,
  ...(resourceNames === undefined ? {} : { resourceNames }),
  verbs,
})

const ADMISSION = 'admissionregistration.k8s.io'
const { MutatingWebhookConfiguration: MUTATING, ValidatingWebhookConfiguration: VALIDATING } =
  WEBHOOK_CONFIGURATIONS

export const operatorAccess: Access = {
  cluster: [
    // The finalizer of a set with pods in flight is patched.
    rule(GROUP, ['sidecarsets'], [...CACHE, 'patch']),
    rule(GROUP, ['sidecarsets/status'], ['patch']),
    // To own prefetch pods and revisions where owner references are checked.
    rule(GROUP, ['sidecarsets/finalizers'], ['update']),
    // So is that of an object whose pods are intercepted.
    rule(GROUP, ['trafficinterceptions'], [...CACHE, 'patch']),
    rule(GROUP, ['trafficinterceptions/status'], ['patch']),
    rule(GROUP, ['ingressgateways'], CACHE),
    rule(GROUP, ['ingressgateways/status'], ['patch']),
    // To own Deployments and Services where owner references are checked.
    rule(GROUP, ['ingressgateways/finalizers'], ['update']),
    // Those of gateways, which are the namesakes of their gateways: names that nobody knows before.
    rule('apps', ['deployments'], ['get', ...CACHE, 'create', 'patch']),
    rule('', ['services'], ['get', ...CACHE, 'create', 'patch']),
    rule('', ['pods'], [...CACHE, 'patch']),
    rule('', ['pods/status', 'pods/resize'], ['patch']),
    // Their labels, for objects that are narrowed to some of them.
    rule('', ['nodes'], CACHE),
    rule('', ['namespaces'], CACHE),
    rule('', ['events'], ['create', 'patch']),
    // The manifest brings both. One that could make them would make them anew while Baton is being
    // uninstalled, and pods would be sent to a webhook that is gone.
    rule(ADMISSION, ['mutatingwebhookconfigurations'], [...CACHE, 'patch'], [MUTATING]),
    rule(ADMISSION, ['validatingwebhookconfigurations'], ['patch'], [VALIDATING]),
  ],
  namespace: [
    rule('', ['pods'], ['create', 'delete']),
    rule('apps', ['controllerrevisions'], [...CACHE, 'create', 'patch', 'delete']),
    // Creating cannot be granted by name: the API server does not know the name then.
    rule('coordination.k8s.io', ['leases'], ['create']),
    rule('coordination.k8s.io', ['leases'], ['get', 'patch'], [OPERATOR]),
  ],
}

/** The Secret with the CA: made and rotated by the operator, read by the webhook. */
export const authorityAccess = {
  operator: [
    rule('', ['secrets'], ['create']),
    rule('', ['secrets'], ['get', 'patch'], [AUTHORITY_SECRET]),
  ],
  webhook: [rule('', ['secrets'], ['get'], [AUTHORITY_SECRET])],
} as const

export const webhookAccess: Access = {
  cluster: [
    rule(GROUP, ['sidecarsets'], CACHE),
    // New pods start with the interception that their app has, or with the revision of their gateway.
    rule(GROUP, ['trafficinterceptions', 'ingressgateways'], CACHE),
    // One that was made a moment ago is not in the cache yet.
    rule('', ['namespaces'], ['get', ...CACHE]),
    rule('', ['events'], ['create', 'patch']),
  ],
  namespace: [
    // New pods get the revision that is pinned for them, or the one before one that failed.
    rule('apps', ['controllerrevisions'], ['get', 'list']),
    // Which annotations sets may patch.
    rule('', ['configmaps'], ['get'], [CONFIGURATION.configMap]),
  ],
}
