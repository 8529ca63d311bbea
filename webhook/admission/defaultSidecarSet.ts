import { createPatch } from 'rfc6902'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { sidecarSetOf } from './requestObject.ts'

/** Fills in the defaults of a SidecarSet, touching nothing that is there. */
export const defaultSidecarSet: AdmissionHandler = ({ object }) => {
  const set = sidecarSetOf(object)
  return allow({ patch: createPatch(set, { ...set, spec: applyDefaults(set.spec) }) })
}
