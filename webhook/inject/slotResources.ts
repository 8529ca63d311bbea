import { parseQuantity } from '../../api/validation/quantity.ts'
import type { Container } from './podTypes.ts'

type Resources = NonNullable<Container['resources']>
type Quantities = Readonly<Record<string, string>>

const DEFAULT_REQUESTS: Quantities = { cpu: '10m', memory: '32Mi' }
const DEFAULT_LIMITS: Quantities = { cpu: '1', memory: '512Mi' }
/** An idle slot holds a launcher of 0.1 MB; while it takes over, its limits are what counts. */
const STANDBY_REQUESTS: Quantities = { cpu: '10m', memory: '16Mi' }
const SIZED = ['cpu', 'memory'] as const

/**
 * Resources of the slot that serves at creation. Slots always have requests and limits: without
 * them a pod's slots could never be resized in place, since that would change its QoS class.
 */
export function activeSlotResources(own: Resources | undefined): Resources {
  const requests: Record<string, string> = { ...own?.requests }
  const limits: Record<string, string> = { ...own?.limits }
  for (const name of SIZED) {
    // As the API server does: a limit without a request is the request too.
    requests[name] ??= limits[name] ?? DEFAULT_REQUESTS[name] ?? '0'
    limits[name] ??= larger(DEFAULT_LIMITS[name] ?? '0', requests[name])
  }
  return { ...own, requests, limits }
}

/** Resources of the idle slot: the same limits, but requests that cost next to nothing. */
export function standbySlotResources(own: Resources | undefined): Resources {
  const active = activeSlotResources(own)
  const requests: Record<string, string> = { ...active.requests }
  for (const name of SIZED) {
    requests[name] = smaller(STANDBY_REQUESTS[name] ?? '0', requests[name] ?? '0')
  }
  return { ...active, requests }
}

function larger(left: string, right: string): string {
  return amount(left) >= amount(right) ? left : right
}

function smaller(left: string, right: string): string {
  return amount(left) <= amount(right) ? left : right
}

function amount(quantity: string): number {
  return parseQuantity(quantity) ?? 0
}
