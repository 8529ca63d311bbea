import { Conditional, Expression } from './expression.ts'
import { toYaml } from './yaml.ts'

/** The object as the text of a Helm template, its expressions taken from `.Values`. */
export function renderTemplate(object: object): string {
  const expressions: Place[] = []
  const marked = mark(object, expressions)
  // Text of ours must not be read as an action.
  const text = toYaml(marked).replaceAll('{{', '{{ "{{" }}')
  return text
    .split('\n')
    .map((line) => withExpression(line, expressions))
    .join('\n')
}

/** `{{- if }}` around a text. */
export function renderCondition(condition: string, text: string): string {
  return `{{- if ${condition} }}\n${text}{{- end }}\n`
}

type Place = Expression | Conditional

const place = /__SETTING_(?<index>\d+)__/
const placeLine = /^(?<indent> *)(?<start>(?:- )*(?<key>[\w.-]+:)? ?|- )__SETTING_\d+__$/

/** A copy with a mark in place of each expression; a mark is a plain scalar in YAML. */
function mark(node: unknown, expressions: Place[]): object {
  const copy = (child: unknown): unknown => {
    if (child instanceof Expression || child instanceof Conditional)
      return `__SETTING_${expressions.push(child) - 1}__`
    return typeof child === 'object' && child !== null ? mark(child, expressions) : child
  }
  if (Array.isArray(node)) return node.map(copy)
  const entries = Object.entries(node ?? {}).map(([key, child]) => [key, copy(child)])
  return Object.fromEntries(entries) as object
}

function withExpression(line: string, expressions: readonly Place[]): string {
  const index = place.exec(line)?.groups?.['index']
  const expression = index === undefined ? undefined : expressions[Number(index)]
  if (expression === undefined) return line
  const { indent = '', start = '', key = '' } = placeLine.exec(line)?.groups ?? {}
  const values = `.Values.${expression.path}`
  if (expression instanceof Conditional) return conditional(expression, indent, start)
  // Below the key, or behind the dash of a list.
  const depth = indent.length + (key === '' ? start.length : start.indexOf(key) + 2)
  switch (expression.form) {
    case 'plain':
      return line.replace(place, `{{ ${values} }}`)
    case 'quoted':
      return line.replace(
        place,
        expression.format === '%s'
          ? `{{ ${values} | quote }}`
          : `{{ printf ${JSON.stringify(expression.format)} ${values} | quote }}`,
      )
    case 'quotedInteger':
      return line.replace(place, `{{ int64 ${values} | quote }}`)
    case 'block':
      return [
        `${indent}${start.trimEnd()}`,
        `${' '.repeat(depth)}{{- toYaml ${values} | nindent ${depth} }}`,
      ].join('\n')
    case 'optional':
      return [
        `${indent}{{- with ${values} }}`,
        `${indent}${key}`,
        `${' '.repeat(depth)}{{- toYaml . | nindent ${depth} }}`,
        `${indent}{{- end }}`,
      ].join('\n')
  }
}

function conditional({ path, content }: Conditional, indent: string, start: string): string {
  if (!Array.isArray(content) && start.startsWith('-'))
    throw new Error(`the first field of a list's item cannot depend on ${path}`)
  const lines = renderTemplate(content).trimEnd().split('\n')
  return [
    `${indent}{{- if .Values.${path} }}`,
    ...lines.map((line) => (line === '' ? line : indent + line)),
    `${indent}{{- end }}`,
  ].join('\n')
}
