import { DEFAULT_USER } from '../../api/group.ts'
import type { Container } from './podTypes.ts'

type SecurityContext = NonNullable<Container['securityContext']>

/** What the restricted Pod Security Standard asks for, and a read-only root besides. */
export const RESTRICTED: SecurityContext = {
  runAsUser: DEFAULT_USER,
  runAsGroup: DEFAULT_USER,
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
}

/**
 * For programs that change the rules of the pod's network: the only privilege in a pod of ours, in
 * pods that intercept alone. Root, for capabilities of other users end with exec(2). iptables of the
 * old kind needs NET_RAW too.
 */
export const CHANGES_RULES: SecurityContext = {
  ...RESTRICTED,
  runAsUser: 0,
  runAsGroup: 0,
  runAsNonRoot: false,
  capabilities: { drop: ['ALL'], add: ['NET_ADMIN', 'NET_RAW'] },
}

/** The container's own fields win; the rest is {@link RESTRICTED}. */
export function slotSecurityContext(own: SecurityContext | undefined): SecurityContext {
  const merged: Record<string, unknown> = { ...RESTRICTED, ...own }
  // Combinations that the kubelet or the API server would refuse.
  if (own?.runAsUser === 0 && own.runAsNonRoot === undefined) delete merged['runAsNonRoot']
  if (mayDoEverything(own) && own?.allowPrivilegeEscalation === undefined) {
    delete merged['allowPrivilegeEscalation']
  }
  return merged
}

/** User that a slot runs as. */
export function slotUser(own: SecurityContext | undefined): number {
  return own?.runAsUser ?? DEFAULT_USER
}

function mayDoEverything(own: SecurityContext | undefined): boolean {
  const added = own?.capabilities?.add ?? []
  return own?.privileged === true || added.includes('SYS_ADMIN') || added.includes('CAP_SYS_ADMIN')
}
