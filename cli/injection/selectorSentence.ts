import { matchesSelector } from '../../api/labelSelector.ts'
import type { LabelSelector } from '../../api/labelSelector.ts'

export interface SelectorVerdict {
  readonly passed: boolean
  /** What was compared: a clause. */
  readonly sentence: string
}

/**
 * Whether labels match a selector, with the first requirement that they miss.
 * @param of whose labels: `the pod`
 */
export function judgeSelector(
  selector: LabelSelector,
  labels: Readonly<Record<string, string>> = {},
  of: string,
): SelectorVerdict {
  const requirements = requirementsOf(selector)
  const missed = requirements.find((one) => !matchesSelector(one.selector, labels))
  if (missed === undefined) {
    const all = requirements.map(({ wanted }) => wanted).join(' and ')
    return { passed: true, sentence: all === '' ? `${of} needs no label` : `${of} has ${all}` }
  }
  const { key, wanted } = missed
  const value = labels[key]
  const seen = value === undefined ? `no label ${key}` : `${key}=${value}`
  return { passed: false, sentence: `${of} has ${seen}; wanted: ${wanted}` }
}

interface Requirement {
  readonly key: string
  readonly wanted: string
  readonly selector: LabelSelector
}

function requirementsOf({
  matchLabels = {},
  matchExpressions = [],
}: LabelSelector): readonly Requirement[] {
  return [
    ...Object.entries(matchLabels).map(([key, value]) => ({
      key,
      wanted: `${key}=${value}`,
      selector: { matchLabels: { [key]: value } },
    })),
    ...matchExpressions.map((expression) => {
      const { key, operator, values = [] } = expression
      const list = values.length === 0 ? '' : ` (${values.join(', ')})`
      return {
        key,
        wanted: `${key} ${operator}${list}`,
        selector: { matchExpressions: [expression] },
      }
    }),
  ]
}
