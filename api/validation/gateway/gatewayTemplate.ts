import { GROUP } from '../../group.ts'
import type { GatewayTemplate } from '../../v1beta1/ingressgateway.ts'
import { labelViolations } from '../labels.ts'
import type { Violation } from '../violation.ts'
import { wholeNumberViolations } from '../wholeNumber.ts'

/** Labels and annotations that are Baton's own, and a time that is none. */
export function gatewayTemplateViolations(template: GatewayTemplate): readonly Violation[] {
  const { labels = {}, annotations = {} } = template
  return [
    // Labels are written as a selector's are.
    ...labelViolations('spec.template', { matchLabels: labels }).map((violation) => ({
      ...violation,
      field: violation.field.replace('.matchLabels', '.labels'),
    })),
    ...ours('labels', labels),
    ...ours('annotations', annotations),
    ...wholeNumberViolations('spec.template', template, { terminationGracePeriodSeconds: 0 }),
  ]
}

function ours(
  field: 'labels' | 'annotations',
  given: Readonly<Record<string, string>>,
): readonly Violation[] {
  return Object.entries(given)
    .filter(([key]) => key.split('/')[0]?.endsWith(GROUP) === true && key.includes('/'))
    .map(([key, value]) => ({
      field: `spec.template.${field}[${key}]`,
      value,
      problem: `Baton writes the ${field} of ${GROUP} on the pods itself`,
      remedy: 'remove it, or use a key of your own domain',
    }))
}
