/**
 * The downward API writes one annotation per line as `key="value"`, the value quoted by Go's
 * strconv.Quote (kubelet: fieldpath.FormatMap), which is no JSON: it also knows \a, \v, \x and \U.
 */
const ESCAPE = /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/g

const single: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** Value of one annotation in the text of a downward API file; null = it is not there. */
export function findAnnotation(text: string, key: string): string | null {
  const start = `${key}="`
  const line = text.split('\n').find((candidate) => candidate.startsWith(start))
  if (line?.endsWith('"') !== true || line.length <= start.length) return null
  return unquote(line.slice(start.length, -1))
}

function unquote(quoted: string): string {
  return quoted.replace(ESCAPE, (_match, x?: string, u?: string, wide?: string, other?: string) => {
    const hex = x ?? u ?? wide
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16))
    return single[other ?? ''] ?? other ?? ''
  })
}
