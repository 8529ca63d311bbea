import type { UpdateStrategy } from '../v1beta1/sidecarset.ts'
import { expressionViolations } from './selectors.ts'
import type { Violation } from './violation.ts'

const PATH = 'spec.updateStrategy'
/** Bounds of OpenKruise. */
const LEAST_WEIGHT = 1
const MOST_WEIGHT = 100

/** What is wrong with the order in which pods are upgraded. */
export function upgradeOrderViolations(strategy: UpdateStrategy): readonly Violation[] {
  const { weightPriority = [], orderPriority = [] } = strategy.priorityStrategy ?? {}
  const path = `${PATH}.priorityStrategy`
  return [
    ...(weightPriority.length > 0 && orderPriority.length > 0
      ? [
          {
            field: `${path}.orderPriority`,
            value: orderPriority,
            problem: 'it would have no effect beside weightPriority',
            remedy: 'leave out one of the two',
          },
        ]
      : []),
    ...weightPriority.flatMap(({ weight, matchSelector }, index) => [
      ...wrongWeight(`${path}.weightPriority[${index}].weight`, weight),
      ...expressionViolations(`${path}.weightPriority[${index}].matchSelector`, matchSelector),
    ]),
    ...orderPriority.flatMap(({ orderedKey }, index) =>
      missing(`${path}.orderPriority[${index}].orderedKey`, orderedKey),
    ),
    ...(strategy.scatterStrategy ?? []).flatMap(({ key, value }, index) => [
      ...missing(`${PATH}.scatterStrategy[${index}].key`, key),
      ...missing(`${PATH}.scatterStrategy[${index}].value`, value),
    ]),
  ]
}

function wrongWeight(field: string, value: unknown): readonly Violation[] {
  const isWhole = Number.isInteger(value)
  if (isWhole && Number(value) >= LEAST_WEIGHT && Number(value) <= MOST_WEIGHT) return []
  const problem = 'this is no weight'
  return [{ field, value, problem, remedy: 'use a whole number from 1 to 100' }]
}

function missing(field: string, value: string): readonly Violation[] {
  if (value !== '') return []
  return [{ field, value, problem: 'no label is like that', remedy: 'name a label' }]
}
