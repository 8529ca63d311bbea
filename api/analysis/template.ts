/** Variables of queries. Pods are named by regular expressions, for `pod=~"$revision"`. */
export const queryVariables = [
  /** Pods that have the new revision. */
  'revision',
  /** As many pods that have the old one. */
  'stable',
  /** Namespaces of all of them. */
  'namespaces',
  /** A length of time for ranges, such as 5m. */
  'window',
] as const
export type QueryVariable = (typeof queryVariables)[number]
export type QueryValues = Readonly<Record<QueryVariable, string>>

/** `$$` is a dollar; one before anything but a letter stays as it is, as regular expressions need. */
const VARIABLE = /\$(\$|[A-Za-z_]\w*)/g
const ARGUMENT = /\{\{\s*([^{}]*?)\s*\}\}/g

/** The query with its variables replaced. */
export function fillQuery(query: string, values: QueryValues): string {
  return query.replaceAll(VARIABLE, (whole, name: string) => {
    if (name === '$') return '$'
    const known = queryVariables.find((one) => one === name)
    return known === undefined ? whole : values[known]
  })
}

/** Names of variables in a query, known or not. */
export function variablesOf(query: string): readonly string[] {
  return [...query.matchAll(VARIABLE)].flatMap(([, name]) =>
    name === undefined || name === '$' ? [] : [name],
  )
}

/** What stands between braces in a text, such as `args.service`. */
export function referencesOf(text: string): readonly string[] {
  return [...text.matchAll(ARGUMENT)].map(([, name = '']) => name)
}

/** The text with `{{args.name}}` replaced; what is not known stays. */
export function fillArguments(text: string, args: ReadonlyMap<string, string>): string {
  return text.replaceAll(ARGUMENT, (whole, name: string) => {
    return args.get(name.replace(/^args\./, '')) ?? whole
  })
}
