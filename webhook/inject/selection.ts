import { matchesSelector } from '../../api/labelSelector.ts'
import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type { Pod, PodNamespace } from './podTypes.ts'

/** True when a pod in this namespace is one of the set's. */
export function selectsPod(set: SidecarSet, pod: Pod, namespace: PodNamespace): boolean {
  const { selector, namespaceSelector } = set.spec
  return (
    matchesSelector(selector, pod.metadata?.labels) &&
    (namespaceSelector === undefined || matchesSelector(namespaceSelector, namespace.labels))
  )
}
