import type { LabelSelector } from '../labelSelector.ts'
import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { labelViolations } from './labels.ts'
import type { Violation } from './violation.ts'

/** What is wrong with the selectors for pods and namespaces. */
export function selectorViolations(spec: SidecarSetSpec): readonly Violation[] {
  return [
    ...podSelector(spec.selector),
    ...namespaceSelector(spec.namespaceSelector),
    ...updateSelector(spec.updateStrategy?.selector),
  ]
}

function podSelector(selector: LabelSelector | undefined): readonly Violation[] {
  const field = 'spec.selector'
  const remedy = 'name the pods by labels, such as matchLabels: {app: shop}'
  if (selector === undefined) {
    const problem = 'without a selector no pod is ever injected'
    return [{ field, value: undefined, problem, remedy }]
  }
  if (isEmptySelector(selector)) {
    const problem = 'an empty selector matches every pod of the cluster'
    return [{ field, value: selector, problem, remedy }]
  }
  return expressionViolations(field, selector)
}

function namespaceSelector(selector: LabelSelector | undefined): readonly Violation[] {
  const field = 'spec.namespaceSelector'
  if (selector !== undefined && isEmptySelector(selector)) {
    const problem = 'an empty selector does not say whether all namespaces are meant'
    const remedy = 'leave the field out for all namespaces, or name their labels'
    return [{ field, value: selector, problem, remedy }]
  }
  return expressionViolations(field, selector)
}

function updateSelector(selector: LabelSelector | undefined): readonly Violation[] {
  const field = 'spec.updateStrategy.selector'
  if (selector !== undefined && isEmptySelector(selector)) {
    const problem = 'an empty selector does not say which pods are upgraded'
    const remedy = 'leave the field out for all pods, or name their labels'
    return [{ field, value: selector, problem, remedy }]
  }
  return expressionViolations(field, selector)
}

/** True for a selector without any requirement, which matches everything. */
export function isEmptySelector(selector: LabelSelector): boolean {
  const labels = Object.keys(selector.matchLabels ?? {})
  return labels.length === 0 && (selector.matchExpressions ?? []).length === 0
}

const WITH_VALUES = ['In', 'NotIn']
const WITHOUT_VALUES = ['Exists', 'DoesNotExist']

/** Wrong keys, values and operators, and values that do not fit their operator. */
export function expressionViolations(
  path: string,
  selector: LabelSelector | undefined,
): readonly Violation[] {
  const labels = labelViolations(path, selector ?? {})
  if (labels.length > 0) return labels
  const expressions = selector?.matchExpressions ?? []
  return expressions.flatMap(({ operator, values }, index): readonly Violation[] => {
    const field = `${path}.matchExpressions[${index}]`
    const count = values?.length ?? 0
    if (WITH_VALUES.includes(operator) && count === 0) {
      const problem = `the operator ${operator} compares with values`
      return [{ field: `${field}.values`, value: values, problem, remedy: 'list at least one' }]
    }
    if (WITHOUT_VALUES.includes(operator) && count > 0) {
      const problem = `the operator ${operator} looks at the key alone`
      const remedy = 'leave values out, or use In or NotIn'
      return [{ field: `${field}.values`, value: values, problem, remedy }]
    }
    if ([...WITH_VALUES, ...WITHOUT_VALUES].includes(operator)) return []
    const problem = 'there is no such operator'
    const remedy = 'use one of In, NotIn, Exists, DoesNotExist'
    return [{ field: `${field}.operator`, value: operator, problem, remedy }]
  })
}
