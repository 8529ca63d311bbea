import type { LabelSelector } from '../labelSelector.ts'
import type { Violation } from './violation.ts'

/** A name of at most 63 characters, after a DNS subdomain and a slash if there is one. */
const KEY =
  /^(?:(?=[^/]{1,253}\/)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/
const VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/

/**
 * Keys and values of a selector that no label can have. They would be wrong in the configuration of
 * the webhook too, and keep every other set out of it.
 */
export function labelViolations(
  path: string,
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
): readonly Violation[] {
  return [
    ...Object.entries(matchLabels).flatMap(([key, value]) =>
      labelViolation(`${path}.matchLabels[${key}]`, key, [value]),
    ),
    ...matchExpressions.flatMap(({ key, values = [] }, index) =>
      labelViolation(`${path}.matchExpressions[${index}]`, key, values),
    ),
  ]
}

function labelViolation(
  field: string,
  key: string,
  values: readonly string[],
): readonly Violation[] {
  const problem = 'no label can be so'
  if (!KEY.test(key)) {
    return [{ field, value: key, problem, remedy: 'use a key such as app or example.com/app' }]
  }
  const value = values.find((one) => !VALUE.test(one))
  if (value === undefined) return []
  const remedy = "use a value of at most 63 letters, digits, '-', '_' and '.'"
  return [{ field, value, problem, remedy }]
}
