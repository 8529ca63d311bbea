import { applyPatch } from 'rfc6902'
import type { Operation } from 'rfc6902'
import { isJsonObject } from './json.ts'
import type { JsonObject } from './json.ts'
import { StatusError } from './statusError.ts'

/** Carries out a patch on a copy. @throws StatusError */
export function patched(object: JsonObject, contentType: string, patch: unknown): JsonObject {
  switch (contentType) {
    case 'application/json-patch+json':
      return jsonPatched(object, patch)
    case 'application/merge-patch+json':
      return merged(object, patch, false)
    case 'application/strategic-merge-patch+json':
      return merged(object, patch, true)
    default:
      throw new StatusError(415, 'UnsupportedMediaType', `cannot patch with ${contentType}`)
  }
}

function jsonPatched(object: JsonObject, patch: unknown): JsonObject {
  if (!Array.isArray(patch)) throw new StatusError(400, 'BadRequest', 'a JSON patch is a list')
  const copy = structuredClone(object)
  const errors = applyPatch(copy, patch as Operation[]).filter((error) => error !== null)
  const [first] = errors
  // What the API server says to a failed `test` and to a missing path alike.
  if (first !== undefined) throw new StatusError(422, 'Invalid', first.message)
  return copy
}

function merged(object: JsonObject, patch: unknown, byKey: boolean): JsonObject {
  if (!isJsonObject(patch)) throw new StatusError(400, 'BadRequest', 'a merge patch is an object')
  return merge(structuredClone(object), patch, byKey) as JsonObject
}

/** RFC 7386 and, with `byKey`, lists of things with a name or type merged by it. */
export function merge(target: unknown, patch: unknown, byKey: boolean): unknown {
  if (byKey && Array.isArray(target) && Array.isArray(patch)) return mergeLists(target, patch)
  if (!isJsonObject(patch)) return structuredClone(patch)
  const result: JsonObject = isJsonObject(target) ? target : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(result, name)
    else result[name] = merge(result[name], value, byKey)
  }
  return result
}

const listKeys = ['name', 'type', 'uid', 'containerPort'] as const

function mergeLists(target: readonly unknown[], patch: readonly unknown[]): unknown[] {
  const key = listKeys.find((k) => [...target, ...patch].every((e) => isJsonObject(e) && k in e))
  if (key === undefined) return structuredClone([...patch])
  const result: unknown[] = [...target]
  for (const element of patch) {
    const at = result.findIndex(
      (e) => isJsonObject(e) && isJsonObject(element) && e[key] === element[key],
    )
    if (isJsonObject(element) && element['$patch'] === 'delete') {
      if (at >= 0) result.splice(at, 1)
    } else if (at < 0) result.push(structuredClone(element))
    else result[at] = merge(result[at], element, true)
  }
  return result
}
