import type { PlacedContainer } from './placedContainer.ts'
import { parseQuantity } from './quantity.ts'
import type { Violation } from './violation.ts'

/** Quantities that are none or negative, and requests above their limit. */
export function resourceViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const { requests = {}, limits = {} } = container.resources ?? {}
  return [
    ...quantityViolations(`${path}.resources.requests`, requests),
    ...quantityViolations(`${path}.resources.limits`, limits),
    ...kindViolations(`${path}.resources`, requests, limits),
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

const STANDARD = ['cpu', 'memory', 'ephemeral-storage']

/** Resources that no container can have, and those that cannot be shared out as the set says. */
function kindViolations(
  path: string,
  requests: Readonly<Record<string, unknown>>,
  limits: Readonly<Record<string, unknown>>,
): readonly Violation[] {
  const names = new Set([...Object.keys(limits), ...Object.keys(requests)])
  return [...names].flatMap((name): readonly Violation[] => {
    if (STANDARD.includes(name)) return []
    const kind = Object.hasOwn(limits, name) ? 'limits' : 'requests'
    const field = `${path}.${kind}.${name}`
    const value = limits[name] ?? requests[name]
    const isHuge = name.startsWith('hugepages-')
    if (!isHuge && !name.includes('/')) {
      const problem = 'there is no such resource for containers'
      const remedy = `use one of ${STANDARD.join(', ')}, or a name with a domain such as example.com/nic`
      return [{ field, value, problem, remedy }]
    }
    const limit = parseQuantity(limits[name])
    const request = parseQuantity(requests[name]) ?? limit
    if (limit === undefined || request !== limit) {
      const problem = 'it cannot be lent out, so the limit must be what is requested'
      return [{ field, value, problem, remedy: 'set a limit, and no request or an equal one' }]
    }
    if (!isHuge && !Number.isInteger(limit)) {
      const problem = 'there are no parts of it'
      return [{ field, value, problem, remedy: 'use a whole number' }]
    }
    if (!isHuge || names.has('cpu') || names.has('memory')) return []
    const problem = 'huge pages alone are not enough'
    return [{ field, value, problem, remedy: 'set cpu or memory too' }]
  })
}
