import type { V1Container, V1Pod, V1Volume } from '@kubernetes/client-node'
import type { Wire } from '../../api/wire.ts'

export type Pod = Wire<V1Pod>
export type Container = Wire<V1Container>
export type Volume = Wire<V1Volume>
export type Env = NonNullable<Container['env']>

/** What injection needs to know of the namespace of a pod. */
export interface PodNamespace {
  readonly name: string
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** All containers of a pod as its author wrote it, init containers first. */
export function podContainers(pod: Pod): readonly Container[] {
  return [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])]
}
