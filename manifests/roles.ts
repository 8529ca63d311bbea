import type { Access } from './accessRules.ts'
import type { Setting } from './expression.ts'
import type { ObjectMeta } from './names.ts'
import { metadataOf } from './names.ts'

const RBAC = 'rbac.authorization.k8s.io'

/** The account of a component, and its roles in the cluster and in its own namespace. */
export function accountWithAccess(
  component: string,
  access: Access,
  namespace: Setting<string>,
): readonly object[] {
  const account = metadataOf(component, namespace)
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: account },
    ...boundRole('ClusterRole', metadataOf(component), access.cluster, account),
    ...boundRole('Role', account, access.namespace, account),
  ]
}

/** A role of its own for some of what a component may do in its namespace. */
export function namespaceRole(
  component: string,
  part: string,
  rules: Access['namespace'],
  namespace: Setting<string>,
): readonly object[] {
  const account = metadataOf(component, namespace)
  return boundRole('Role', { ...account, name: `${component}-${part}` }, rules, account)
}

function boundRole(
  kind: 'ClusterRole' | 'Role',
  metadata: ObjectMeta,
  rules: Access['cluster'],
  { name, namespace }: ObjectMeta,
): readonly object[] {
  return [
    { apiVersion: `${RBAC}/v1`, kind, metadata, rules },
    {
      apiVersion: `${RBAC}/v1`,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: RBAC, kind, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
  ]
}
