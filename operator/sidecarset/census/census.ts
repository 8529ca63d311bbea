import { isDeepStrictEqual } from 'node:util'
import { matchesSelector } from '../../../api/labelSelector.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { keyOf } from '../../../runtime/client/objects.ts'
import type { Caches } from '../caches.ts'
import type { ViewPod } from '../rollout/podViews.ts'
import type { Revision } from '../rollout/revision.ts'
import { createDivision } from './division.ts'
import type { Division, Place, Taken } from './division.ts'
import { isSettled } from './isSettled.ts'

/**
 * Who has a set, kept from one look to the next: a look at a set of ten thousand pods costs what has
 * changed since the last one, and the pods that something is to be done with.
 */
export interface Census {
  /** @param revision the latest one: pods settle with it */
  take(set: StoredSidecarSet, revision: Revision): Taken
  /** The set is gone. */
  forget(set: string): void
}

/** What a division depends on beside the pods: it is made anew when this changes. */
interface Terms {
  readonly set: string
  readonly selector: StoredSidecarSet['spec']['selector']
  readonly namespaceSelector: StoredSidecarSet['spec']['namespaceSelector'] | undefined
  readonly revision: Revision
}

interface Kept {
  readonly terms: Terms
  readonly division: Division
  /** Pods that have changed since the last look. */
  readonly changed: Set<string>
}

export interface CensusOptions {
  readonly caches: Pick<Caches, 'pods' | 'namespaces' | 'setsOf'>
  readonly viewOf: ViewPod
}

export function createCensus({ caches, viewOf }: CensusOptions): Census {
  const { pods, namespaces, setsOf } = caches
  const known = new Map<string, Kept>()
  pods.onChange((key, before, after) => {
    for (const pod of [before, after]) {
      if (pod === undefined) continue
      for (const set of setsOf(pod)) known.get(set)?.changed.add(key)
    }
  })
  namespaces.onChange((_, before, after) => {
    if (isDeepStrictEqual(before?.metadata.labels, after?.metadata.labels)) return
    for (const [set, { terms }] of known) {
      if (terms.namespaceSelector !== undefined) known.delete(set)
    }
  })

  const matches = ({ selector, namespaceSelector }: Terms, { metadata }: Pod): boolean => {
    if (!matchesSelector(selector, metadata.labels)) return false
    if (namespaceSelector === undefined) return true
    const namespace = namespaces.get(metadata.namespace ?? '')
    return matchesSelector(namespaceSelector, namespace?.metadata.labels)
  }
  const placeOf = (terms: Terms, pod: Pod): Place => {
    if (!matches(terms, pod)) return { kind: 'leaving' }
    const view = viewOf(pod, terms.set)
    const isQuiet = view !== undefined && isSettled(view, terms.set, terms.revision)
    return isQuiet ? { kind: 'settled', view } : { kind: 'restless' }
  }
  const begin = (terms: Terms): Kept => {
    const changed = new Set(pods.byIndex('set', terms.set).map((pod) => keyOf(pod)))
    const kept = { terms, division: createDivision(terms.revision), changed }
    known.set(terms.set, kept)
    return kept
  }

  return {
    take: ({ metadata, spec }, revision) => {
      const { selector, namespaceSelector } = spec
      const terms: Terms = { set: metadata.name, selector, namespaceSelector, revision }
      const before = known.get(terms.set)
      const isKept = before !== undefined && isSame(before.terms, terms)
      const { division, changed } = isKept ? before : begin(terms)
      for (const key of changed) {
        division.remove(key)
        const pod = pods.get(key)
        const hasSet = pod !== undefined && setsOf(pod).includes(terms.set)
        if (hasSet) division.put(key, pod, placeOf(terms, pod))
      }
      changed.clear()
      return division.taken()
    },
    forget: (set) => {
      known.delete(set)
    },
  }
}

function isSame(before: Terms, after: Terms): boolean {
  const { hash, number, template } = before.revision
  return (
    hash === after.revision.hash &&
    number === after.revision.number &&
    template === after.revision.template &&
    isDeepStrictEqual(before.selector, after.selector) &&
    isDeepStrictEqual(before.namespaceSelector, after.namespaceSelector)
  )
}
