import { usageError } from '../cliError.ts'

/**
 * kubectl's JSONPath templates, as far as scripts use them: `{.a.b[0]}`, `{.items[*].name}`,
 * `['key']`, filters `[?(@.phase=="Settled")]`, `{range .items[*]}…{end}`, `{"\n"}` and text.
 * Errors: CliError `usage` for a template that is none of these.
 */
export function jsonpath(template: string, document: unknown): string {
  const tokens = tokenize(template)
  const { text, next } = evaluate(tokens, 0, document, template)
  if (next < tokens.length) throw wrong(template, '{end} without {range}')
  return text
}

type Token =
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'expression'; readonly value: string }

function tokenize(template: string): readonly Token[] {
  // kubectl takes a template without braces as one expression.
  if (!template.includes('{')) return [{ kind: 'expression', value: template }]
  const tokens: Token[] = []
  const pattern = /\{((?:"(?:[^"\\]|\\.)*"|'[^']*'|[^{}"'])*)\}|([^{}]+)/gy
  let end = 0
  for (const match of template.matchAll(pattern)) {
    const [whole, expression, plain] = match
    end = match.index + whole.length
    if (plain !== undefined) tokens.push({ kind: 'text', value: plain })
    else tokens.push({ kind: 'expression', value: (expression ?? '').trim() })
  }
  if (end !== template.length) throw wrong(template, `"${template.slice(end)}" is not closed`)
  return tokens
}

interface Evaluated {
  readonly text: string
  readonly next: number
}

function evaluate(
  tokens: readonly Token[],
  start: number,
  root: unknown,
  template: string,
  inRange = false,
): Evaluated {
  let text = ''
  let index = start
  while (index < tokens.length) {
    const token = tokens[index]
    if (token === undefined) break
    index++
    if (token.kind === 'text') text += token.value
    else if (token.value === 'end') return { text, next: inRange ? index : index - 1 }
    else if (token.value.startsWith('range ')) {
      const elements = select(token.value.slice(6).trim(), root, template)
      let after = skipRange(tokens, index, template)
      for (const element of elements) {
        const inner = evaluate(tokens, index, element, template, true)
        text += inner.text
        after = inner.next
      }
      index = after
    } else if (token.value.startsWith('"')) text += unquote(token.value, template)
    else text += select(token.value, root, template).map(show).join(' ')
  }
  if (inRange) throw wrong(template, '{range} without {end}')
  return { text, next: index }
}

function skipRange(tokens: readonly Token[], start: number, template: string): number {
  let depth = 1
  for (let index = start; index < tokens.length; index++) {
    const token = tokens[index]
    if (token?.kind !== 'expression') continue
    if (token.value.startsWith('range ')) depth++
    if (token.value === 'end' && --depth === 0) return index + 1
  }
  throw wrong(template, '{range} without {end}')
}

const STEP =
  /\.?(?:\['([^']*)'\]|\[(\*|-?\d+)\]|\[\?\(@\.([\w.]+)\s*(==|!=)\s*(?:"([^"]*)"|'([^']*)'|(\S+?))\)\]|\.?([\w$-]+|\*))/y

function select(path: string, root: unknown, template: string): readonly unknown[] {
  let values: readonly unknown[] = [root]
  let rest = path.replace(/^[$@]/, '')
  if (rest === '.') return values
  while (rest !== '') {
    STEP.lastIndex = 0
    const match = STEP.exec(rest)
    if (match === null) throw wrong(template, `"${rest}" is no path`)
    const [whole, quoted, index, field, operator, ...more] = match
    const [double, single, bare, name] = more
    rest = rest.slice(whole.length)
    if (field !== undefined) {
      const wanted = double ?? single ?? bare ?? ''
      values = values
        .flatMap(elementsOf)
        .filter(
          (one) => (show(select(`.${field}`, one, template)[0]) === wanted) === (operator === '=='),
        )
    } else if (index === '*' || name === '*') values = values.flatMap(elementsOf)
    else if (index !== undefined) values = values.flatMap((one) => at(one, Number(index)))
    else values = values.flatMap((one) => property(one, quoted ?? name ?? ''))
  }
  return values
}

function elementsOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value as readonly unknown[]
  return typeof value === 'object' && value !== null ? Object.values(value) : []
}

function at(value: unknown, index: number): readonly unknown[] {
  const element: unknown = Array.isArray(value) ? value.at(index) : undefined
  return element === undefined ? [] : [element]
}

function property(value: unknown, name: string): readonly unknown[] {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return []
  return [(value as Readonly<Record<string, unknown>>)[name]]
}

function show(value: unknown): string {
  if (typeof value === 'string') return value
  return value === undefined ? '' : JSON.stringify(value)
}

function unquote(literal: string, template: string): string {
  try {
    return JSON.parse(literal) as string
  } catch {
    throw wrong(template, `${literal} is no text`)
  }
}

function wrong(template: string, why: string) {
  return usageError(`the JSONPath template ${template} cannot be read: ${why}`)
}
