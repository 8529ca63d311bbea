import { isDeepStrictEqual } from 'node:util'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { unsupportedFields } from '../../api/validation/unsupported.ts'
import { validateSidecarSet as violationsOf } from '../../api/validation/validateSidecarSet.ts'
import { formatViolation } from '../../api/validation/violation.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow, deny } from '../../runtime/webhookserver/admission.ts'
import { sidecarSetOf } from './requestObject.ts'

/** Refuses a SidecarSet that cannot work, with a sentence for each thing that is wrong. */
export const validateSidecarSet: AdmissionHandler = ({ operation, object, oldObject }) => {
  const set = sidecarSetOf(object)
  if (operation === 'CREATE') return answer(set)
  const old = sidecarSetOf(oldObject)
  // Rules may have become stricter since: labels and finalizers must be writable all the same.
  return isDeepStrictEqual(old.spec, set.spec) ? allow() : answer(set, old)
}

function answer(set: SidecarSet, old?: SidecarSet) {
  const violations = violationsOf(set, old === undefined ? {} : { old })
  if (violations.length === 0) return allow({ warnings: unsupportedFields(set.spec) })
  const sentences = violations.map(formatViolation)
  const causes = violations.map(({ field }, index) => ({
    field,
    // kubectl puts the field before it.
    message: (sentences[index] ?? '').slice(field.length + 1),
  }))
  return deny(sentences.join(' '), { causes })
}
