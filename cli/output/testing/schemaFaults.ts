import type { JsonSchema } from '../shape.ts'

/** Where a value does not have the shape of its schema: one line for each place. */
export function schemaFaults(schema: JsonSchema, value: unknown, path = '$'): readonly string[] {
  if (schema.enum !== undefined && !schema.enum.includes(String(value))) {
    return [`${path}: ${JSON.stringify(value)} is none of ${schema.enum.join(', ')}`]
  }
  switch (schema.type) {
    case 'array':
      if (!Array.isArray(value)) return [`${path}: no list`]
      return value.flatMap((element: unknown, index) =>
        schemaFaults(schema.items ?? {}, element, `${path}[${index}]`),
      )
    case 'object':
      return objectFaults(schema, value, path)
    case 'integer':
      return Number.isInteger(value) ? [] : [`${path}: no whole number`]
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === schema.type ? [] : [`${path}: no ${schema.type}`]
    case undefined:
    default:
      return []
  }
}

function objectFaults(schema: JsonSchema, value: unknown, path: string): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return [`${path}: no object`]
  }
  const { properties = {}, required = [], additionalProperties } = schema
  const missing = required.filter((name) => !(name in value))
  return [
    ...missing.map((name) => `${path}.${name}: missing`),
    ...Object.entries(value).flatMap(([name, element]) => {
      const own = properties[name]
      if (own !== undefined) return schemaFaults(own, element, `${path}.${name}`)
      if (additionalProperties === false) return [`${path}.${name}: not in the schema`]
      if (typeof additionalProperties !== 'object') return []
      return schemaFaults(additionalProperties, element, `${path}.${name}`)
    }),
  ]
}
