import type { V1ResourceRequirements } from '@kubernetes/client-node'
import { parseQuantity } from './validation/quantity.ts'
import type { Wire } from './wire.ts'

type Resources = Wire<V1ResourceRequirements>
type Quantities = Readonly<Record<string, string>>

const DEFAULT_REQUESTS: Quantities = { cpu: '10m', memory: '32Mi' }
const DEFAULT_LIMITS: Quantities = { cpu: '1', memory: '512Mi' }
/** An idle slot holds a launcher of 0.1 MB; while it takes over, its limits are what counts. */
const STANDBY_REQUESTS: Quantities = { cpu: '10m', memory: '16Mi' }
const SIZED = ['cpu', 'memory'] as const

/**
 * Resources of the slot that serves. Slots always have requests and limits: without them a pod's
 * slots could never be resized in place, since that would change its QoS class.
 * @param own what the set's container asks for
 */
export function activeSlotResources(own: Resources | undefined): Resources {
  const requests: Record<string, string> = { ...own?.requests }
  const limits: Record<string, string> = { ...own?.limits }
  for (const name of SIZED) {
    requests[name] ??= requestOf(own, name)
    limits[name] ??= larger(DEFAULT_LIMITS[name] ?? '0', requests[name])
  }
  return { ...own, requests, limits }
}

/**
 * Resources of the idle slot: the same limits, but requests that cost next to nothing. What the
 * container does not ask for is the same in both slots: too little to be worth a resize each time
 * that they change places.
 */
export function standbySlotResources(own: Resources | undefined): Resources {
  const active = activeSlotResources(own)
  const requests: Record<string, string> = { ...active.requests }
  for (const name of SIZED) {
    const asked = own?.requests?.[name] ?? own?.limits?.[name]
    if (asked !== undefined) requests[name] = smaller(STANDBY_REQUESTS[name] ?? '0', asked)
  }
  return { ...active, requests }
}

/** As the API server does: a limit without a request is the request too. */
function requestOf(own: Resources | undefined, name: (typeof SIZED)[number]): string {
  return own?.requests?.[name] ?? own?.limits?.[name] ?? DEFAULT_REQUESTS[name] ?? '0'
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
