/**
 * A JSON pointer (RFC 6901): `~` and `/` inside a segment are escaped.
 *
 * @example
 * jsonPointer('metadata', 'annotations', 'example.com/desired') // '/metadata/annotations/example.com~1desired'
 */
export function jsonPointer(...segments: readonly (string | number)[]): string {
  return segments.map((s) => `/${String(s).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
