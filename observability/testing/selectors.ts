export interface Matcher {
  readonly label: string
  /** Of `a|b` each; empty for a pattern that is no list of words. */
  readonly values: readonly string[]
}

/** Series that an expression asks for. */
export interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

export interface Asked {
  readonly selectors: readonly Selector[]
  /** Labels that it groups or joins by. */
  readonly labels: readonly string[]
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|[{}(),]|[=!<>]=|[=!]~|[-=<>+*/%^]|\d+/g
const GROUPING = ['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']
const OPERATORS = ['and', 'or', 'unless', 'bool', 'offset']
const WORDS = /^[\w<>/-]+(\|[\w<>/-]+)*$/

/** What of Prometheus a PromQL expression needs. Offsets and subqueries are not understood. */
export function askedBy(expr: string): Asked {
  const tokens = [...expr.matchAll(TOKEN)].map(([token]) => token)
  const selectors: Selector[] = []
  const labels: string[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? ''
    const next = tokens[at + 1]
    if (!/^[a-zA-Z_:]/.test(token) || OPERATORS.includes(token)) continue
    if (GROUPING.includes(token)) {
      const end = tokens.indexOf(')', at)
      labels.push(...tokens.slice(at + 2, end).filter((one) => one !== ','))
      at = end
    } else if (next === '{') {
      const end = tokens.indexOf('}', at)
      selectors.push({ metric: token, matchers: matchersOf(tokens.slice(at + 2, end)) })
      at = end
    } else if (next !== '(' && !GROUPING.includes(next ?? ''))
      selectors.push({ metric: token, matchers: [] })
  }
  return { selectors, labels }
}

function matchersOf(tokens: readonly string[]): readonly Matcher[] {
  return tokens
    .join('')
    .split(/,(?=\w+[=!])/)
    .filter((text) => text !== '')
    .map((text) => {
      const { label = '', value = '' } =
        /^(?<label>\w+).~?"(?<value>.*)"$/.exec(text.replace(/=~|!~|!=/, '='))?.groups ?? {}
      return { label, values: WORDS.test(value) ? value.split('|') : [] }
    })
}
