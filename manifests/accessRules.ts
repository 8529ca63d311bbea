import { GROUP } from '../api/group.ts'
import { AUTHORITY_SECRET, WEBHOOK_CONFIGURATIONS } from './names.ts'

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

const READ = ['get', 'list', 'watch'] as const

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

/**
 * Every replica of both components may be the one that makes the authority or renews it. Creating
 * cannot be granted by name: the API server does not know the name then.
 */
const authority: readonly AccessRule[] = [
  rule('', ['secrets'], ['get', 'patch'], [AUTHORITY_SECRET]),
  rule('', ['secrets'], ['create']),
]

export const operatorAccess: Access = {
  cluster: [
    rule(GROUP, ['sidecarsets'], READ),
    rule(GROUP, ['sidecarsets/status'], ['patch']),
    // To own prefetch pods where owner references are checked.
    rule(GROUP, ['sidecarsets/finalizers'], ['update']),
    rule('', ['pods'], [...READ, 'patch']),
    rule('', ['pods/status', 'pods/resize'], ['patch']),
    rule('', ['namespaces'], READ),
    rule('', ['events'], ['create', 'patch']),
    rule(
      'admissionregistration.k8s.io',
      ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
      [...READ, 'create', 'patch'],
      WEBHOOK_CONFIGURATIONS,
    ),
  ],
  namespace: [
    rule('', ['pods'], ['create', 'delete']),
    rule('apps', ['controllerrevisions'], [...READ, 'create', 'patch', 'delete']),
    rule('coordination.k8s.io', ['leases'], ['get', 'create', 'patch']),
    ...authority,
  ],
}

export const webhookAccess: Access = {
  cluster: [
    rule(GROUP, ['sidecarsets'], READ),
    rule('', ['namespaces'], READ),
    rule('', ['events'], ['create', 'patch']),
  ],
  // New pods get the revision before one that failed.
  namespace: [rule('apps', ['controllerrevisions'], ['get']), ...authority],
}
