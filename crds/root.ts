import type { Schema } from './schema.ts'

/** The schema of a whole object of one of our kinds. */
export function rootSchema(description: string, spec: Schema, status: Schema): Schema {
  return {
    description,
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec,
      status,
    },
  }
}

/** A column of `kubectl get`. */
export const column = (
  name: string,
  type: 'integer' | 'string' | 'date' | 'boolean',
  jsonPath: string,
) => ({ name, type, jsonPath })
