import type { PlacedContainer } from './placedContainer.ts'
import { parseQuantity } from './quantity.ts'
import type { Violation } from './violation.ts'

/** Quantities that are none or negative, and requests above their limit. */
export function resourceViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const { requests = {}, limits = {} } = container.resources ?? {}
  return [
    ...quantityViolations(`${path}.resources.requests`, requests),
    ...quantityViolations(`${path}.resources.limits`, limits),
    ...Object.entries(requests).flatMap(([name, value]) => {
      const request = parseQuantity(value)
      const limit = parseQuantity(limits[name])
      if (request === undefined || limit === undefined || request <= limit) return []
      const problem = `it is above the limit ${String(limits[name])}`
      const remedy = 'lower the request or raise the limit'
      return [{ field: `${path}.resources.requests.${name}`, value, problem, remedy }]
    }),
  ]
}

function quantityViolations(
  path: string,
  quantities: Readonly<Record<string, unknown>>,
): readonly Violation[] {
  return Object.entries(quantities).flatMap(([name, value]) => {
    const amount = parseQuantity(value)
    if (amount !== undefined && amount >= 0) return []
    const problem = 'this is not a quantity'
    const remedy = 'write a number with a unit, such as 100m for CPU or 64Mi for memory'
    return [{ field: `${path}.${name}`, value, problem, remedy }]
  })
}
