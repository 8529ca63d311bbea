import { createPatch } from 'rfc6902'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { sidecarSetOf } from './requestObject.ts'

/** Fills in the defaults of a SidecarSet, touching nothing that is there. */
export const defaultSidecarSet: AdmissionHandler = ({ object }) => {
  const patch = defaultsOf(sidecarSetOf(object))
  return allow(patch.every(({ op }) => op === 'add') ? { patch } : {})
}

/**
 * The API server checks an object against its schema only after the webhooks that change it. What
 * has other types than the schema's gets no defaults, and a sentence from there that names the field.
 */
function defaultsOf(set: SidecarSet): readonly JsonPatchOperation[] {
  try {
    return createPatch(set, { ...set, spec: applyDefaults(set.spec) })
  } catch (error) {
    if (error instanceof TypeError) return []
    throw error
  }
}
