import { parseQuantity } from '../../../api/validation/quantity.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { findContainer } from '../rollout/podStatus.ts'

export const MEBIBYTE = 2 ** 20

/** Bytes of memory a container requests; undefined when it requests none. */
export function memoryRequest(pod: Pod, container: string): number | undefined {
  return parseQuantity(findContainer(pod, container)?.container.resources?.requests?.['memory'])
}

export function memoryLimit(pod: Pod, container: string): number | undefined {
  return parseQuantity(findContainer(pod, container)?.container.resources?.limits?.['memory'])
}

/** Whole mebibytes where possible, else bytes. */
export function formatBytes(bytes: number): string {
  return bytes % MEBIBYTE === 0 ? `${bytes / MEBIBYTE}Mi` : String(Math.ceil(bytes))
}
