import { isDeepStrictEqual } from 'node:util'
import { validateTrafficInterception as violationsOf } from '../../api/validation/interception/validateTrafficInterception.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { refuse } from './refuse.ts'
import { trafficInterceptionOf } from './requestObject.ts'

/**
 * Refuses a TrafficInterception that cannot work, with a sentence for each thing that is wrong. That
 * another has some of its pods is no reason: which pods match changes all the time, so the operator
 * tells of it in the condition Conflict.
 */
export const validateTrafficInterception: AdmissionHandler = ({ operation, object, oldObject }) => {
  const given = trafficInterceptionOf(object)
  const old = operation === 'CREATE' ? undefined : trafficInterceptionOf(oldObject)
  // Rules may have become stricter since: labels and finalizers must be writable all the same.
  if (old !== undefined && isDeepStrictEqual(old.spec, given.spec)) return allow()
  return refuse(violationsOf(given))
}
