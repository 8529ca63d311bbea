import type { QueryValues } from '../../../api/analysis/index.ts'
import { AGENT_CONTAINER } from '../../../api/group.ts'
import { containerStatus } from '../rollout/podStatus.ts'
import type { PodView } from '../rollout/podView.ts'

/** Pods of one kind in a query. More make it longer and the measurement no better. */
const MOST_PODS = 100
/** No pod has this name. */
const NOBODY = '-'

/** Pods with the new revision, and with the one before; those in flight are neither. */
export interface ComparedPods {
  readonly upgraded: readonly PodView[]
  readonly stable: readonly PodView[]
}

export function comparedPods(
  views: readonly PodView[],
  latest: string,
  current: string | undefined,
): ComparedPods {
  const resting = views.filter(({ stage }) => stage === 'resting')
  return {
    upgraded: resting.filter(({ entry }) => entry.hash === latest),
    stable: resting.filter(({ entry }) => entry.hash === current),
  }
}

/** What the variables of queries stand for. */
export interface MeasuredPods {
  readonly revision: QueryValues
  /** For the same query about stable pods. */
  readonly stable: QueryValues
}

/**
 * As many stable pods as upgraded ones where there are so many: averages over other numbers would
 * differ for that alone. A name that both have, in two namespaces, would be counted on both sides,
 * so it is on none.
 */
export function measuredPods({ upgraded, stable }: ComparedPods, window: string): MeasuredPods {
  const namesOf = (views: readonly PodView[]): ReadonlySet<string> =>
    new Set(views.map(({ pod }) => pod.metadata.name))
  const upgradedNames = namesOf(upgraded)
  const stableNames = namesOf(stable)
  const chosen = choose(upgraded, stableNames, MOST_PODS)
  const beside = choose(stable, upgradedNames, Math.max(1, chosen.length))
  const both = [...chosen, ...beside].map(({ pod }) => pod.metadata.namespace ?? '')
  const namespaces = patternOf(both)
  const ofRevision = patternOf(chosen.map(({ pod }) => pod.metadata.name))
  const ofStable = patternOf(beside.map(({ pod }) => pod.metadata.name))
  const common = { stable: ofStable, namespaces, window }
  return {
    revision: { ...common, revision: ofRevision },
    stable: { ...common, revision: ofStable },
  }
}

function choose(
  views: readonly PodView[],
  not: ReadonlySet<string>,
  most: number,
): readonly PodView[] {
  return views
    .filter(({ pod }) => !not.has(pod.metadata.name))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, most)
}

/** A regular expression without backslashes: in a string of PromQL they would be escapes. */
function patternOf(names: readonly string[]): string {
  const different = [...new Set(names)].toSorted()
  if (different.length === 0) return NOBODY
  return different.map((name) => name.replaceAll('.', '[.]')).join('|')
}

/** Pods whose sidecars are not ready. What the app says of itself is its own affair. */
export function notReadyPods(upgraded: readonly PodView[]): readonly string[] {
  return upgraded
    .filter(({ pod, entry }) =>
      // The agent's readiness is that of the process that serves; idle slots have none.
      [AGENT_CONTAINER, ...entry.sidecarList].some(
        (name) => containerStatus(pod, name)?.ready === false,
      ),
    )
    .map(({ key }) => key)
}
