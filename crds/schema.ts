/** A structural OpenAPI v3 schema, as far as our kinds need it. */
export interface Schema {
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly format?: 'int32' | 'int64' | 'date-time'
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly maxItems?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly additionalProperties?: Schema
  /** Filled in by the API server, also while no webhook answers. */
  readonly default?: number
  readonly anyOf?: readonly Schema[]
  readonly 'x-kubernetes-preserve-unknown-fields'?: true
  readonly 'x-kubernetes-int-or-string'?: true
  readonly 'x-kubernetes-list-type'?: 'map' | 'atomic'
  readonly 'x-kubernetes-list-map-keys'?: readonly string[]
  readonly 'x-kubernetes-map-type'?: 'atomic'
  readonly 'x-kubernetes-validations'?: readonly Rule[]
}

/** A rule in CEL, and what the API server says of an object that breaks it. */
export interface Rule {
  readonly rule: string
  readonly message: string
  /** The field that is named, below the one that has the rule: such as `.command`. */
  readonly fieldPath?: string
}

/** A schema for each field of T, so that the compiler misses one that was added to the types. */
export type Properties<T> = { readonly [K in keyof Required<T>]: Schema }

export const string = (description: string): Schema => ({ description, type: 'string' })

export const boolean = (description: string): Schema => ({ description, type: 'boolean' })

export const integer = (description: string): Schema => ({
  description,
  type: 'integer',
  format: 'int32',
})

export const int64 = (description: string): Schema => ({
  description,
  type: 'integer',
  format: 'int64',
})

/** With fractions. */
export const number = (description: string): Schema => ({ description, type: 'number' })

export const time = (description: string): Schema => ({
  ...string(description),
  format: 'date-time',
})

export const intOrString = (description: string): Schema => ({
  description,
  'x-kubernetes-int-or-string': true,
  anyOf: [{ type: 'integer' }, { type: 'string' }],
})

/** An object with exactly the fields of T; others are dropped, and kubectl refuses them. */
export function object<T>(
  description: string,
  properties: Properties<T>,
  required: readonly (keyof T & string)[] = [],
): Schema {
  return {
    description,
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: properties,
  }
}

/**
 * An object of a core type: the fields that we read have their types, the others are kept as they
 * are, whatever Kubernetes version they come from.
 */
export function openObject(
  description: string,
  properties: Readonly<Record<string, Schema>> = {},
  required: readonly string[] = [],
): Schema {
  return {
    description,
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    ...(required.length === 0 ? {} : { required }),
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
  }
}

export const list = (description: string, items: Schema): Schema => ({
  description,
  type: 'array',
  items,
})

/** A list that server-side apply merges by a key, which its items must have. */
export const listByKey = (description: string, key: string, items: Schema): Schema => ({
  ...list(description, items),
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': [key],
})

export const mapOf = (description: string, values: Schema): Schema => ({
  description,
  type: 'object',
  additionalProperties: values,
})
