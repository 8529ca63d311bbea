/**
 * The fields that a structural schema knows, as `spec.containers[].image: string`, sorted: what an API
 * server keeps of an object. Not what it makes of the schema otherwise: a server leaves empty parts out
 * and fills in others, and a better description or a stricter rule drops no field.
 */
export function schemaFields(schema: unknown, path = ''): readonly string[] {
  if (!isRecord(schema)) return []
  const { type, properties, items, additionalProperties } = schema
  const own = typeof type === 'string' ? [`${path}: ${type}`] : []
  const inner = isRecord(properties)
    ? Object.entries(properties).flatMap(([key, value]) => schemaFields(value, join(path, key)))
    : []
  const listed = schemaFields(items, `${path}[]`)
  const mapped = schemaFields(additionalProperties, join(path, '*'))
  return [...own, ...inner, ...listed, ...mapped].sort()
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
