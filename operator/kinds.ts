import { GROUP, VERSION } from '../api/group.ts'
import type { SidecarSet } from '../api/v1beta1/sidecarset.ts'
import type { ResourceKind } from '../runtime/client/kinds.ts'
import type { ObjectMeta } from '../runtime/client/objects.ts'

/** A SidecarSet that was read from the API server: its metadata has a name. */
export type StoredSidecarSet = Omit<SidecarSet, 'metadata'> & { readonly metadata: ObjectMeta }

export const SIDECAR_SETS: ResourceKind<StoredSidecarSet> = {
  group: GROUP,
  version: VERSION,
  kind: 'SidecarSet',
  plural: 'sidecarsets',
  namespaced: false,
}
