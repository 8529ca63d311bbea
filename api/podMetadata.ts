import type { PatchPodMetadata } from './v1beta1/sidecarset.ts'

type Annotations = Readonly<Record<string, string>>

export interface PatchedAnnotations {
  /** Only those that change. */
  readonly changed: Annotations
  /** Sentences about what could not be merged. */
  readonly problems: readonly string[]
}

/**
 * What the patches of a set make of a pod's annotations: Retain leaves a key that is there, Overwrite
 * replaces it, MergePatchJson merges the value into it as JSON (RFC 7396).
 */
export function patchAnnotations(
  existing: Annotations,
  patches: readonly PatchPodMetadata[],
): PatchedAnnotations {
  const changed: Record<string, string> = {}
  const problems: string[] = []
  for (const { annotations = {}, patchPolicy = 'Retain' } of patches) {
    for (const [key, value] of Object.entries(annotations)) {
      const before = existing[key]
      if (before === undefined || patchPolicy === 'Overwrite') changed[key] = value
      else if (patchPolicy === 'MergePatchJson') {
        const merged = mergedJson(before, value)
        if (merged === undefined)
          problems.push(
            `The annotation ${key} of the pod is no JSON object, so nothing is merged into it.`,
          )
        else changed[key] = merged
      }
    }
  }
  const different = Object.entries(changed).filter(([key, value]) => existing[key] !== value)
  return { changed: Object.fromEntries(different), problems }
}

type JsonObject = Readonly<Record<string, unknown>>

/** Undefined when one of both is no JSON object. */
function mergedJson(before: string, patch: string): string | undefined {
  const target = jsonObject(before)
  const changes = jsonObject(patch)
  if (target === undefined || changes === undefined) return undefined
  return JSON.stringify(mergePatch(target, changes))
}

/** The object that a text is; undefined for any other text. */
export function jsonObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/** RFC 7396: null removes a key, objects merge, anything else replaces. */
function mergePatch(target: JsonObject, patch: JsonObject): JsonObject {
  const kept = Object.entries(target).filter(([key]) => !(key in patch))
  const changed = Object.entries(patch).flatMap(([key, value]) => {
    if (value === null) return []
    const inner = target[key]
    return [[key, isObject(value) ? mergePatch(isObject(inner) ? inner : {}, value) : value]]
  })
  return Object.fromEntries([...kept, ...changed]) as JsonObject
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
