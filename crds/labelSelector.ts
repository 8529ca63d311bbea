import type { Schema } from './schema.ts'
import { list, mapOf, string } from './schema.ts'

/** A metav1.LabelSelector. Its operators are checked by the webhook, which names the right ones. */
export function labelSelector(description: string): Schema {
  return {
    description,
    type: 'object',
    'x-kubernetes-map-type': 'atomic',
    properties: {
      matchLabels: mapOf('Labels that must have these values.', { type: 'string' }),
      matchExpressions: list('Requirements; all of them must be met.', {
        type: 'object',
        required: ['key', 'operator'],
        properties: {
          key: string('Key of the label.'),
          operator: string('In, NotIn, Exists or DoesNotExist.'),
          values: list('Values for In and NotIn.', { type: 'string' }),
        },
      }),
    },
  }
}
