import type { Violation } from '../../api/validation/violation.ts'
import { formatViolation } from '../../api/validation/violation.ts'
import type { AdmissionAnswer } from '../../runtime/webhookserver/admission.ts'
import { allow, deny } from '../../runtime/webhookserver/admission.ts'

/** Refuses with a sentence for each violation; allows when there is none, with the warnings given. */
export function refuse(
  violations: readonly Violation[],
  warnings: readonly string[] = [],
): AdmissionAnswer {
  if (violations.length === 0) return allow({ warnings })
  const sentences = violations.map(formatViolation)
  const causes = violations.map(({ field }, index) => ({
    field,
    // kubectl puts the field before it.
    message: (sentences[index] ?? '').slice(field.length + 1),
  }))
  return deny(sentences.join(' '), { causes })
}
