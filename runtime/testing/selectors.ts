import { isJsonObject } from './json.ts'
import type { JsonObject } from './json.ts'

/** Does an object match a label selector and a field selector? Empty ones match everything. */
export function matches(object: JsonObject, labelSelector: string, fieldSelector: string): boolean {
  const { metadata } = object
  const own = isJsonObject(metadata) ? metadata['labels'] : undefined
  const labels = isJsonObject(own) ? own : {}
  return (
    requirementsOf(labelSelector).every((r) => meetsLabel(labels, r)) &&
    requirementsOf(fieldSelector).every((r) => meetsField(object, r))
  )
}

/** Splits at commas outside parentheses: `a in (x,y),b=z`. */
function requirementsOf(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((r) => r.trim())
    .filter((r) => r !== '')
}

function meetsLabel(labels: JsonObject, requirement: string): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\((.*)\)$/.exec(requirement)
  if (set !== null) {
    const [, name = '', operator, list = ''] = set
    const values = list.split(',').map((v) => v.trim())
    const within = typeof labels[name] === 'string' && values.includes(labels[name])
    return operator === 'in' ? within : !within
  }
  const equal = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(requirement)
  if (equal !== null) {
    const [, name = '', operator, value] = equal
    return (labels[name] === value) === (operator !== '!=')
  }
  return requirement.startsWith('!') ? !(requirement.slice(1) in labels) : requirement in labels
}

function meetsField(object: JsonObject, requirement: string): boolean {
  const [, path = '', operator, value = ''] = /^([^=!]+)(==|=|!=)(.*)$/.exec(requirement) ?? []
  let found: unknown = object
  for (const segment of path.split('.')) found = isJsonObject(found) ? found[segment] : undefined
  const text = typeof found === 'string' ? found : ''
  return (text === value) === (operator !== '!=')
}
