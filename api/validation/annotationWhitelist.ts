import { RE2JS } from 're2js'
import { array, DecodeError, decodeJson, object, opaque, optional, string } from '../decode.ts'
import { CONFIGURATION } from '../group.ts'
import type { LabelSelector } from '../labelSelector.ts'
import { matchesSelector } from '../labelSelector.ts'
import type { SidecarSet } from '../v1beta1/sidecarset.ts'
import type { Violation } from './violation.ts'

const rule = object({
  /** Regular expressions in Go's syntax, one of which the key must match. */
  allowedAnnotationKeyExprs: optional(array(string)),
  /** Labels of the sets that the rule is for. Absent: all. */
  selector: optional(opaque<LabelSelector>()),
})

const whitelist = object({ rules: array(rule) })

/** What the administrator allows; see {@link CONFIGURATION}. */
export type AnnotationWhitelist = ReturnType<typeof whitelist>

export const EMPTY_WHITELIST: AnnotationWhitelist = { rules: [] }

/** Errors: DecodeError that names the field, also for a regular expression that is none. */
export function parseWhitelist(text: string): AnnotationWhitelist {
  const parsed = decodeJson(whitelist, text, CONFIGURATION.annotationWhitelist)
  for (const expression of parsed.rules.flatMap((one) => one.allowedAnnotationKeyExprs ?? [])) {
    try {
      RE2JS.compile(expression)
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      const expected = `a regular expression (${why})`
      throw new DecodeError(CONFIGURATION.annotationWhitelist, expected, expression)
    }
  }
  return parsed
}

/** Annotations that a set patches but may not. */
export function whitelistViolations(
  { metadata, spec }: SidecarSet,
  { rules }: AnnotationWhitelist,
): readonly Violation[] {
  const patterns = rules
    .filter(({ selector }) => selector === undefined || matchesSelector(selector, metadata.labels))
    .flatMap(({ allowedAnnotationKeyExprs = [] }) => allowedAnnotationKeyExprs)
    .map((expression) => RE2JS.compile(expression))
  return (spec.patchPodMetadata ?? []).flatMap(({ annotations = {} }, index) =>
    Object.entries(annotations)
      .filter(([key]) => !patterns.some((pattern) => pattern.matcher(key).find()))
      .map(([key, value]) => ({
        field: `spec.patchPodMetadata[${index}].annotations[${key}]`,
        value,
        problem: 'the administrator has not allowed this key',
        remedy: `have it added to ${CONFIGURATION.annotationWhitelist} in the ConfigMap ${CONFIGURATION.configMap}`,
      })),
  )
}
