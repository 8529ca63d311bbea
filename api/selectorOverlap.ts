import type { LabelSelector } from './labelSelector.ts'

/**
 * Whether some labels exist that both selectors match. Exact: a conjunction of requirements is
 * decided key by key, for labels of different keys do not depend on each other. Undefined selects
 * everything, as an absent namespaceSelector does; an unknown operator matches nothing.
 */
export function canOverlap(
  left: LabelSelector | undefined,
  right: LabelSelector | undefined,
): boolean {
  const demands = [...demandsOf(left), ...demandsOf(right)]
  const keys = new Set(demands.map(({ key }) => key))
  return [...keys].every((key) => canBeMet(demands.filter((demand) => demand.key === key)))
}

interface Demand {
  readonly key: string
  readonly operator: string
  readonly values: readonly string[]
}

function demandsOf(selector: LabelSelector | undefined): readonly Demand[] {
  return [
    ...Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({
      key,
      operator: 'In',
      values: [value],
    })),
    ...(selector?.matchExpressions ?? []).map(({ key, operator, values = [] }) => ({
      key,
      operator,
      values,
    })),
  ]
}

/** Whether a label of one key, or its absence, meets all demands. */
function canBeMet(demands: readonly Demand[]): boolean {
  const of = (operator: string): readonly Demand[] =>
    demands.filter((demand) => demand.operator === operator)
  if (demands.some(({ operator }) => !OPERATORS.includes(operator))) return false
  const present = of('In').length + of('Exists').length > 0
  if (of('DoesNotExist').length > 0) return !present
  const [first, ...others] = of('In')
  // There are values without end, so NotIn and Exists alone always leave one, or none at all.
  if (first === undefined) return true
  return first.values.some(
    (value) =>
      others.every(({ values }) => values.includes(value)) &&
      of('NotIn').every(({ values }) => !values.includes(value)),
  )
}

const OPERATORS: readonly string[] = ['In', 'NotIn', 'Exists', 'DoesNotExist']
