import type { V1LabelSelector } from '@kubernetes/client-node'
import type { Wire } from './wire.ts'

export type LabelSelector = Wire<V1LabelSelector>
type LabelExpression = NonNullable<LabelSelector['matchExpressions']>[number]
type Labels = Readonly<Record<string, string>>

/**
 * Does the selector match these labels? An empty selector matches everything, as in Kubernetes; an
 * unknown operator matches nothing.
 */
export function matchesSelector(selector: LabelSelector, labels: Labels = {}): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every((one) => matchesExpression(one, labels))
  )
}

function matchesExpression(
  { key, operator, values = [] }: LabelExpression,
  labels: Labels,
): boolean {
  const value = labels[key]
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value)
    case 'NotIn':
      return value === undefined || !values.includes(value)
    case 'Exists':
      return value !== undefined
    case 'DoesNotExist':
      return value === undefined
    default:
      return false
  }
}
