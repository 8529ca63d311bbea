import { annotations, SYSTEM_NAMESPACE } from '../../api/group.ts'
import type { Pod, PodNamespace } from './podTypes.ts'
import type { Skip } from './skipReasons.ts'

const MIRROR_POD = 'kubernetes.io/config.mirror'
/** The control plane must be able to start when this webhook cannot. */
const SYSTEM_NAMESPACES: readonly string[] = [SYSTEM_NAMESPACE, 'kube-system', 'kube-public']

/** Why no set at all is injected into a pod; undefined when sets may be. */
export function podSkip(pod: Pod, namespace: PodNamespace | undefined): Skip | undefined {
  const name = namespace?.name ?? pod.metadata?.namespace ?? ''
  if (SYSTEM_NAMESPACES.includes(name)) {
    return { reason: 'SystemNamespace', sentence: `Pods of the namespace ${name} are left alone.` }
  }
  if (optsOut(pod.metadata)) return { reason: 'PodOptedOut', sentence: optOutSentence('The pod') }
  if (optsOut(namespace)) {
    return { reason: 'NamespaceOptedOut', sentence: optOutSentence(`The namespace ${name}`) }
  }
  return unsupported(pod)
}

function optsOut(meta: Pick<PodNamespace, 'labels' | 'annotations'> | undefined): boolean {
  const key = annotations.inject
  return meta?.labels?.[key] === 'false' || meta?.annotations?.[key] === 'false'
}

function optOutSentence(who: string): string {
  return `${who} has ${annotations.inject}: "false"; remove it to have sidecars injected.`
}

function unsupported(pod: Pod): Skip | undefined {
  if (pod.metadata?.annotations?.[MIRROR_POD] !== undefined) {
    const sentence = 'A mirror pod shows what the kubelet read from a file, and cannot be changed.'
    return { reason: 'MirrorPod', sentence }
  }
  if (pod.spec?.os?.name === 'windows') {
    const sentence = 'The pod runs on Windows; sidecars are injected into Linux pods only.'
    return { reason: 'WindowsPod', sentence }
  }
  if (pod.spec?.resources !== undefined) {
    const sentence =
      'The pod has resources of its own (spec.resources), which the sidecars could exceed, and the API server would then refuse it; set resources on the containers instead.'
    return { reason: 'PodLevelResources', sentence }
  }
  return undefined
}
