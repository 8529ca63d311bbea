import type { Pod } from '../../../runtime/client/kinds.ts'
import { workloadOf } from '../order/workloadOf.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Revision } from '../rollout/revision.ts'
import { updateTime } from '../rollout/updateTime.ts'
import type { Settled } from './settled.ts'

/** Where a pod stands; `settled` comes with how the pod is seen. */
export type Place =
  | { readonly kind: 'restless' }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'settled'; readonly view: PodView }

/** The pods that have a set. */
export interface Taken {
  /** Those that the set's selectors match and that a plan has to look at. */
  readonly restless: readonly Pod[]
  /** The others that they match. */
  readonly settled: Settled
  /** Those that they do not match any more. */
  readonly leaving: readonly Pod[]
}

/** Pods of one set by place, counted as they come and go. */
export interface Division {
  put(key: string, pod: Pod, place: Place): void
  /** Of a pod that it has not, nothing. */
  remove(key: string): void
  taken(): Taken
}

/** @param revision with which the settled ones are settled */
export function createDivision(revision: Revision): Division {
  const restless = new Map<string, Pod>()
  const leaving = new Map<string, Pod>()
  const settled = new Map<string, PodView>()
  const byWorkload = new Map<string, number>()
  /** Undefined when the pod is gone whose it was. */
  let lastUpdate: number | undefined = 0

  const count = ({ pod }: PodView, change: number): void => {
    const workload = workloadOf(pod)
    const next = (byWorkload.get(workload) ?? 0) + change
    if (next === 0) byWorkload.delete(workload)
    else byWorkload.set(workload, next)
  }
  const latestUpdate = (): number => {
    let latest = 0
    for (const view of settled.values()) latest = Math.max(latest, updateTime(view, revision))
    return latest
  }

  return {
    put: (key, pod, place) => {
      if (place.kind === 'leaving') leaving.set(key, pod)
      else if (place.kind === 'restless') restless.set(key, pod)
      else {
        const { view } = place
        settled.set(key, view)
        count(view, 1)
        if (lastUpdate !== undefined) lastUpdate = Math.max(lastUpdate, updateTime(view, revision))
      }
    },
    remove: (key) => {
      restless.delete(key)
      leaving.delete(key)
      const view = settled.get(key)
      if (view === undefined) return
      settled.delete(key)
      count(view, -1)
      const time = updateTime(view, revision)
      if (time > 0 && time === lastUpdate) lastUpdate = undefined
    },
    taken: () => {
      lastUpdate ??= latestUpdate()
      const views = (): readonly PodView[] => [...settled.values()]
      return {
        restless: [...restless.values()],
        leaving: [...leaving.values()],
        settled: { count: settled.size, byWorkload, lastUpdate, views },
      }
    },
  }
}
