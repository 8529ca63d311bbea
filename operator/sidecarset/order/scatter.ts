import type { ScatterTerm } from '../../../api/v1beta1/sidecarset.ts'

type Labels = Readonly<Record<string, string>>
type LabelsOf<T> = (item: T) => Labels

/**
 * Spreads the items that match a term evenly over the whole order, so that pods with the same label
 * do not go one after the other; within both groups the order stays. Of several terms the one that
 * most match comes first, since the last one spread is spread best.
 */
export function scatter<T>(
  items: readonly T[],
  terms: readonly ScatterTerm[],
  labelsOf: LabelsOf<T>,
): readonly T[] {
  const matching = (term: ScatterTerm): number =>
    items.filter((item) => labelsOf(item)[term.key] === term.value).length
  return expanded(items, terms, labelsOf)
    .map((term) => ({ term, count: matching(term) }))
    .toSorted((left, right) => right.count - left.count)
    .reduce<readonly T[]>((order, { term }) => {
      return spread(order, (item) => labelsOf(item)[term.key] === term.value)
    }, items)
}

/** `*` stands for each value that is there. */
function expanded<T>(
  items: readonly T[],
  terms: readonly ScatterTerm[],
  labelsOf: LabelsOf<T>,
): readonly ScatterTerm[] {
  const all = terms.flatMap(({ key, value }) => {
    if (value !== '*') return [{ key, value }]
    const seen = new Set(items.flatMap((item) => labelsOf(item)[key] ?? []))
    return [...seen].map((one) => ({ key, value: one }))
  })
  const byName = new Map(all.map((term) => [`${term.key}=${term.value}`, term]))
  return [...byName.values()]
}

/** Of the first m items, floor(m * matching / all) match: the last one of them is the last of all. */
function spread<T>(items: readonly T[], matches: (item: T) => boolean): readonly T[] {
  const matching = items.filter(matches)
  const others = items.filter((item) => !matches(item))
  return items.map((_, index) => {
    const before = Math.floor((index * matching.length) / items.length)
    const after = Math.floor(((index + 1) * matching.length) / items.length)
    const next = after > before ? matching[before] : others[index - before]
    if (next === undefined) throw new RangeError(`no item is left for place ${index}`)
    return next
  })
}
