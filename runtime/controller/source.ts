import type { Informer } from '../cache/informer.ts'
import type { KubeObject } from '../client/objects.ts'
import type { Priority } from '../workqueue/workqueue.ts'

/** Where a controller's keys come from. */
export interface Source {
  /** Starts to enqueue; gives the stop. */
  start(enqueue: (key: string, priority: Priority) => void): () => void
}

/**
 * Keys from an informer: of the object itself or, with `toKeys`, of whatever it concerns (an owner, a
 * set that selects it). Both states of a changed object are asked: what it no longer concerns must be
 * looked at too. What is there at the start comes with low priority.
 *
 * @param toKeys defaults to the object's own key
 * @param changed says whether a change matters. Defaults to: the resourceVersion is another
 *
 * @example
 * watches(pods, (pod) => pods.byIndex('set', setOf(pod)).map(keyOf))
 */
export function watches<T extends KubeObject>(
  informer: Pick<Informer<T>, 'onChange'>,
  toKeys: (object: T, key: string) => readonly string[] = (_object, key) => [key],
  changed: (before: T, after: T) => boolean = otherVersion,
): Source {
  return {
    start: (enqueue) => {
      let replaying = true
      const unsubscribe = informer.onChange((key, before, after) => {
        if (before !== undefined && after !== undefined && !changed(before, after)) return
        const keys = new Set<string>()
        for (const object of [before, after]) {
          if (object !== undefined) for (const found of toKeys(object, key)) keys.add(found)
        }
        for (const found of keys) enqueue(found, replaying ? 'low' : 'normal')
      })
      replaying = false
      return unsubscribe
    },
  }
}

function otherVersion(before: KubeObject, after: KubeObject): boolean {
  return before.metadata.resourceVersion !== after.metadata.resourceVersion
}
