import type { Pod } from '../../../runtime/client/kinds.ts'
import { viewPod } from './podView.ts'
import type { PodView } from './podView.ts'

/** As {@link viewPod}. */
export type ViewPod = (pod: Pod, set: string) => PodView | undefined

/**
 * Views of pods, each parsed once: objects of a cache are never changed, only exchanged, so a pod
 * that is the same object has the same view. Views go with their pods.
 */
export function createPodViews(): ViewPod {
  const views = new WeakMap<Pod, Map<string, PodView | undefined>>()
  return (pod, set) => {
    const known = views.get(pod) ?? new Map<string, PodView | undefined>()
    if (known.has(set)) return known.get(set)
    const view = viewPod(pod, set)
    known.set(set, view)
    views.set(pod, known)
    return view
  }
}
