import { defaultInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { additionsTo } from './additions.ts'
import { trafficInterceptionOf } from './requestObject.ts'

/** Fills in the defaults of a TrafficInterception, touching nothing that is there. */
export const defaultTrafficInterception: AdmissionHandler = ({ object }) => {
  const given = trafficInterceptionOf(object)
  const patch = additionsTo(given, () => ({ ...given, spec: defaultInterception(given.spec) }))
  return allow(patch.length === 0 ? {} : { patch })
}
