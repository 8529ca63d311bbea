import type { Pod } from '../../runtime/client/kinds.ts'
import { writtenOn } from './podView.ts'

/** Indexes that the informer of pods must have. */
export const podIndexers = {
  namespace: ({ metadata }: Pod): readonly string[] => [metadata.namespace ?? ''],
  /** namespace/name of the object that told the pod what to do. */
  interceptedBy: (pod: Pod): readonly string[] => {
    const from = writtenOn(pod)?.from ?? ''
    return from === '' ? [] : [`${pod.metadata.namespace ?? ''}/${from}`]
  },
}
