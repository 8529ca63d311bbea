import { createPatch } from 'rfc6902'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'

/**
 * The patch from `given` to what `changed` makes of it. The API server checks an object against its
 * schema only after the webhooks that change it: what has other types than the schema's gets no
 * patch, and a sentence from there that names the field.
 */
export function changesOf<T>(given: T, changed: () => T): readonly JsonPatchOperation[] {
  try {
    return createPatch(given, changed())
  } catch (error) {
    if (error instanceof TypeError) return []
    throw error
  }
}

/** As {@link changesOf}, for defaults: nothing, rather than anything in the place of what is there. */
export function additionsTo<T>(given: T, changed: () => T): readonly JsonPatchOperation[] {
  const changes = changesOf(given, changed)
  return changes.every(({ op }) => op === 'add') ? changes : []
}
