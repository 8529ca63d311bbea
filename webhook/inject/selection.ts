import type { V1LabelSelector } from '@kubernetes/client-node'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { Wire } from '../../api/wire.ts'
import type { Pod, PodNamespace } from './podTypes.ts'

type LabelSelector = Wire<V1LabelSelector>
type Labels = Readonly<Record<string, string>>

/** True when a pod in this namespace is one of the set's. */
export function selectsPod(set: SidecarSet, pod: Pod, namespace: PodNamespace): boolean {
  const { selector, namespaceSelector } = set.spec
  return (
    matches(selector, pod.metadata?.labels, false) &&
    matches(namespaceSelector, namespace.labels, true)
  )
}

/** An empty selector matches everything, as in Kubernetes; an unknown operator nothing. */
function matches(
  selector: LabelSelector | undefined,
  labels: Labels = {},
  whenAbsent: boolean,
): boolean {
  if (selector === undefined) return whenAbsent
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key]
      switch (operator) {
        case 'In':
          return value !== undefined && values.includes(value)
        case 'NotIn':
          return value === undefined || !values.includes(value)
        case 'Exists':
          return value !== undefined
        case 'DoesNotExist':
          return value === undefined
        default:
          return false
      }
    })
  )
}
