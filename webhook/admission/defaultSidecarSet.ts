import { createPatch } from 'rfc6902'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import type { JsonPatchOperation } from '../../runtime/client/options.ts'
import { sidecarSetOf } from './requestObject.ts'
import { signedCommand } from './rolloutCommand.ts'

/**
 * Fills in the defaults of a SidecarSet, touching nothing that is there, and signs what somebody asks
 * of its rollout.
 */
export const defaultSidecarSet: AdmissionHandler = ({ operation, object, oldObject, userInfo }) => {
  const set = sidecarSetOf(object)
  const old = operation === 'CREATE' ? undefined : sidecarSetOf(oldObject)
  const signature = createPatch(set, signedCommand(set, old, userInfo.username))
  const defaults = defaultsOf(set)
  const patch = [...signature, ...(defaults.every(({ op }) => op === 'add') ? defaults : [])]
  return allow(patch.length === 0 ? {} : { patch })
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
