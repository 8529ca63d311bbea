const HIDDEN = '(redacted)'

/** Annotations that repeat a whole manifest, secrets and all. */
const COPIES: readonly string[] = ['kubectl.kubernetes.io/last-applied-configuration']
/** Options whose value must not leave the cluster: `--token=x`, `--password x`. */
const SECRET_OPTION =
  /^(--?[\w-]*(?:token|password|passwd|secret|apikey|api-key|credential)[\w-]*)(=?)(.*)$/i
/** Secrets that stand in URLs and headers of any text. */
const IN_TEXT: readonly (readonly [RegExp, string])[] = [
  [/(\w+:\/\/[^\s/:@]+:)[^\s@/]+@/g, `$1${HIDDEN}@`],
  [/\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${HIDDEN}`],
  [/\beyJ[\w-]+\.[\w-]+\.[\w-]*/g, HIDDEN],
]

/**
 * A copy of an object without what may be secret: values of environment variables, of options that
 * look like credentials, and copies of manifests. References to Secrets stay: names are needed to
 * understand, and tell nothing.
 */
export function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactText(value)
  if (Array.isArray(value)) return redactList(value as readonly unknown[])
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
    if (key === 'managedFields' || COPIES.includes(key)) return []
    if (key === 'env' && Array.isArray(inner)) return [[key, inner.map(redactVariable)]]
    if (key === 'httpHeaders' && Array.isArray(inner)) return [[key, inner.map(redactVariable)]]
    return [[key, redact(inner)]]
  })
  return Object.fromEntries(entries)
}

export function redactText(text: string): string {
  return IN_TEXT.reduce((rest, [pattern, by]) => rest.replace(pattern, by), text)
}

function redactVariable(variable: unknown): unknown {
  if (typeof variable !== 'object' || variable === null || !('value' in variable)) return variable
  return { ...variable, value: HIDDEN }
}

/** A command line: the value of an option may be the next word. */
function redactList(list: readonly unknown[]): readonly unknown[] {
  return list.map((element, index) => {
    if (typeof element !== 'string') return redact(element)
    const [, name = '', sign, value] = SECRET_OPTION.exec(element) ?? []
    if (sign === '=') return `${name}=${value === '' ? '' : HIDDEN}`
    const before = list[index - 1]
    const [, beforeName, beforeSign] =
      typeof before === 'string' ? (SECRET_OPTION.exec(before) ?? []) : []
    return beforeName !== undefined && beforeSign === '' && !element.startsWith('-')
      ? HIDDEN
      : redactText(element)
  })
}
