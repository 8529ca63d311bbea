/** A JSON object the fake server may change: always a copy of its own. */
export type JsonObject = Record<string, unknown>

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object under a name, made if there is none. */
export function childOf(object: JsonObject, name: string): JsonObject {
  const child = object[name]
  if (isJsonObject(child)) return child
  const made: JsonObject = {}
  object[name] = made
  return made
}

export function textOf(object: JsonObject, name: string): string {
  const value = object[name]
  return typeof value === 'string' ? value : ''
}
