import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { additionsTo, changesOf } from './additions.ts'
import { sidecarSetOf } from './requestObject.ts'
import { signedCommand } from './rolloutCommand.ts'

/**
 * Fills in the defaults of a SidecarSet, touching nothing that is there, and signs what somebody asks
 * of its rollout.
 */
export const defaultSidecarSet: AdmissionHandler = ({ operation, object, oldObject, userInfo }) => {
  const set = sidecarSetOf(object)
  const signature = changesOf(set, () => {
    const old = operation === 'CREATE' ? undefined : sidecarSetOf(oldObject)
    return signedCommand(set, old, userInfo.username)
  })
  const defaults = additionsTo(set, () => ({ ...set, spec: applyDefaults(set.spec) }))
  const patch = [...signature, ...defaults]
  return allow(patch.length === 0 ? {} : { patch })
}
