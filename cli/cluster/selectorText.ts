import type { LabelSelector } from '../../api/labelSelector.ts'

/** A selector as the query of a list: `app=web,tier in (a,b),!debug`. */
export function selectorText({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string {
  const expressions = matchExpressions.map(({ key, operator, values = [] }) => {
    const list = `(${values.join(',')})`
    if (operator === 'In') return `${key} in ${list}`
    if (operator === 'NotIn') return `${key} notin ${list}`
    return operator === 'Exists' ? key : `!${key}`
  })
  return [...Object.entries(matchLabels).map((pair) => pair.join('=')), ...expressions].join(',')
}
