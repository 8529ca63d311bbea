import type { Pod } from '../../runtime/client/kinds.ts'
import type { JsonObject } from '../../runtime/testing/json.ts'
import { patched } from '../../runtime/testing/patches.ts'

/** The pod after a strategic merge patch, for tests of what a patch does. */
export function applyPatch(pod: Pod, patch: object): Pod {
  const type = 'application/strategic-merge-patch+json'
  return patched(pod as unknown as JsonObject, type, patch) as unknown as Pod
}
