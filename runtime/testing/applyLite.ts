import { isJsonObject } from './json.ts'
import type { JsonObject } from './json.ts'
import { merge } from './patches.ts'

/**
 * Server-side apply in small: what a manager applied before and leaves out now is removed; what it
 * gives is merged, lists by name or type. Conflicts between managers are not looked for.
 */
export function applied(
  current: JsonObject,
  before: JsonObject | undefined,
  now: JsonObject,
): JsonObject {
  const result = structuredClone(current)
  if (before !== undefined) removeLeftOut(result, before, now)
  return merge(result, now, true) as JsonObject
}

function removeLeftOut(target: JsonObject, before: JsonObject, now: JsonObject): void {
  for (const [name, value] of Object.entries(before)) {
    const kept = now[name]
    if (kept === undefined) Reflect.deleteProperty(target, name)
    else if (Array.isArray(value) && Array.isArray(kept)) {
      target[name] = withoutLeftOut(target[name], value, kept)
    } else if (isJsonObject(value) && isJsonObject(kept) && isJsonObject(target[name])) {
      removeLeftOut(target[name], value, kept)
    }
  }
}

function withoutLeftOut(target: unknown, before: unknown[], now: unknown[]): unknown {
  if (!Array.isArray(target)) return target
  const has = (list: unknown[], element: unknown): boolean =>
    list.some((e) => identityOf(e) === identityOf(element))
  return target.filter((element) => !has(before, element) || has(now, element))
}

function identityOf(element: unknown): unknown {
  if (!isJsonObject(element)) return element
  return element['name'] ?? element['type'] ?? element['uid'] ?? JSON.stringify(element)
}
