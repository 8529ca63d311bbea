import type { Condition } from '../api/v1beta1/sidecarset.ts'
import type { Schema } from './schema.ts'
import { int64, object, string } from './schema.ts'

/** A metav1.Condition. @param what the object that has it; types the condition types there are */
export function condition(what: string, types: string): Schema {
  return object<Condition>(
    `One aspect of the state of the ${what}.`,
    {
      type: string(types),
      status: string('True, False or Unknown.'),
      reason: string('One word for programs.'),
      message: string('A sentence for people.'),
      lastTransitionTime: {
        ...string('When the status of the condition last changed.'),
        format: 'date-time',
      },
      observedGeneration: int64(`Generation of the ${what} that the condition is about.`),
    },
    ['type', 'status'],
  )
}
