import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'

/** What makes a set paused, or not; nothing when it is so already. */
export function pausedOperations(
  { spec }: StoredSidecarSet,
  paused: boolean,
): readonly JsonPatchOperation[] {
  const { updateStrategy } = spec
  if ((updateStrategy?.paused ?? false) === paused) return []
  return updateStrategy === undefined
    ? [{ op: 'add', path: '/spec/updateStrategy', value: { paused } }]
    : [{ op: 'add', path: '/spec/updateStrategy/paused', value: paused }]
}
