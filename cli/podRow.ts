import { parseDesired } from '../api/desired.ts'
import { annotations, POD_CONDITION } from '../api/group.ts'

/** What the row needs of a pod, whichever client read it. */
export interface PodLike {
  readonly metadata?: {
    readonly name?: string
    readonly namespace?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string
      readonly status: string
      readonly reason?: string
      readonly message?: string
    }[]
  }
}

export const POD_HEADER = ['NAMESPACE', 'POD', 'CONTAINER', 'ACTIVE', 'IMAGE', 'RESULT', 'MESSAGE']

/** One row for each hot container of the pod; none when it has none. */
export function podRows(pod: PodLike): readonly (readonly string[])[] {
  const text = pod.metadata?.annotations?.[annotations.desired]
  if (text === undefined) return []
  const result = pod.status?.conditions?.find(({ type }) => type === POD_CONDITION)
  return Object.entries(parseDesired(text).containers).map(([name, container]) => [
    pod.metadata?.namespace ?? '',
    pod.metadata?.name ?? '',
    name,
    container.active,
    container.image,
    result?.reason ?? 'NoHandoverYet',
    result?.message ?? '',
  ])
}
