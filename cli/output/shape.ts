/**
 * The shape of a document that a command prints: one value that gives its TypeScript type, its
 * published JSON schema and, in tests, the proof that a document has it.
 */
export interface Shape<T = unknown> {
  readonly schema: JsonSchema
  /** Never set: carries T. */
  readonly documentType?: T
}

export type ShapeOf<S> = S extends Shape<infer T> ? T : never

export interface JsonSchema {
  readonly description?: string
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean'
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly items?: JsonSchema
  readonly additionalProperties?: JsonSchema | boolean
}

export const text = (description: string): Shape<string> => ({
  schema: { description, type: 'string' },
})

export const integer = (description: string): Shape<number> => ({
  schema: { description, type: 'integer' },
})

export const decimal = (description: string): Shape<number> => ({
  schema: { description, type: 'number' },
})

export const flag = (description: string): Shape<boolean> => ({
  schema: { description, type: 'boolean' },
})

export const oneOf = <const T extends string>(
  description: string,
  ...values: readonly T[]
): Shape<T> => ({ schema: { description, type: 'string', enum: values } })

export const list = <T>(description: string, item: Shape<T>): Shape<readonly T[]> => ({
  schema: { description, type: 'array', items: item.schema },
})

export const map = <T>(
  description: string,
  item: Shape<T>,
): Shape<Readonly<Record<string, T>>> => ({
  schema: { description, type: 'object', additionalProperties: item.schema },
})

/** Any object, such as a manifest. */
export const anyObject = (description: string): Shape<object> => ({
  schema: { description, type: 'object', additionalProperties: true },
})

/** A field that may be absent. */
export interface OptionalShape<T> {
  readonly optional: Shape<T>
}

export const optional = <T>(shape: Shape<T>): OptionalShape<T> => ({ optional: shape })

type Fields = Readonly<Record<string, Shape | OptionalShape<unknown>>>
type OptionalKeys<F> = {
  [K in keyof F]: F[K] extends OptionalShape<unknown> ? K : never
}[keyof F]
type FieldType<S> = S extends OptionalShape<infer T> ? T : S extends Shape<infer T> ? T : never
type ObjectType<F extends Fields> = {
  readonly [K in Exclude<keyof F, OptionalKeys<F>>]: FieldType<F[K]>
} & { readonly [K in OptionalKeys<F>]?: FieldType<F[K]> }

export function object<const F extends Fields>(
  description: string,
  fields: F,
): Shape<ObjectType<F>> {
  const entries = Object.entries(fields)
  const required = entries.flatMap(([name, field]) => ('optional' in field ? [] : [name]))
  return {
    schema: {
      description,
      type: 'object',
      properties: Object.fromEntries(
        entries.map(([name, field]) => [
          name,
          ('optional' in field ? field.optional : field).schema,
        ]),
      ),
      required,
      additionalProperties: false,
    },
  }
}

export const DOCUMENT_VERSION = 'cli.baton.dev/v1'

/** A whole document: its apiVersion and kind come first, as in a manifest. */
export function documentOf<const K extends string, const F extends Fields>(
  kind: K,
  description: string,
  fields: F,
): Shape<{ readonly apiVersion: typeof DOCUMENT_VERSION; readonly kind: K } & ObjectType<F>> {
  const { schema } = object(description, {
    apiVersion: oneOf('Version of these documents.', DOCUMENT_VERSION),
    kind: oneOf('Which of them it is.', kind),
    ...fields,
  })
  return { schema }
}
