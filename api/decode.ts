/**
 * Decoders turn JSON that came from outside (annotations, environment, HTTP) into typed values, or
 * say which field is wrong. Hand-made instead of a schema library because the agent must stay small.
 */

/** Thrown by every decoder; `path` is the dotted path of the offending field. */
export class DecodeError extends Error {
  readonly code = 'BATON_DECODE'
  readonly path: string

  constructor(path: string, expected: string, found: unknown) {
    super(`${path === '' ? 'value' : path}: expected ${expected}, found ${describe(found)}`)
    this.name = 'DecodeError'
    this.path = path
  }
}

function describe(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) return 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}

export type Decoder<T> = (value: unknown, path: string) => T

export const string: Decoder<string> = (value, path) => {
  if (typeof value !== 'string') throw new DecodeError(path, 'a string', value)
  return value
}

export const number: Decoder<number> = (value, path) => {
  if (typeof value !== 'number' || !Number.isFinite(value)) {
    throw new DecodeError(path, 'a number', value)
  }
  return value
}

export const boolean: Decoder<boolean> = (value, path) => {
  if (typeof value !== 'boolean') throw new DecodeError(path, 'true or false', value)
  return value
}

/** Accepts any value unchanged, for shapes that are parsed elsewhere (core Kubernetes types). */
export function opaque<T>(): Decoder<T> {
  return (value) => value as T
}

export function literal<const T extends string | number>(...allowed: readonly T[]): Decoder<T> {
  return (value, path) => {
    const match = allowed.find((candidate) => candidate === value)
    if (match === undefined) {
      throw new DecodeError(path, `one of ${allowed.map(String).join(', ')}`, value)
    }
    return match
  }
}

export function array<T>(item: Decoder<T>): Decoder<readonly T[]> {
  return (value, path) => {
    if (!Array.isArray(value)) throw new DecodeError(path, 'a list', value)
    return value.map((element: unknown, index) => item(element, `${path}[${index}]`))
  }
}

export function record<T>(item: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) => {
    const entries = Object.entries(objectOf(value, path))
    return Object.fromEntries(
      entries.map(([key, element]) => [key, item(element, join(path, key))]),
    )
  }
}

export function nullable<T>(item: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null || value === undefined ? null : item(value, path))
}

/** Marks a field of {@link object} that may be absent; the result then lacks the key too. */
export function optional<T>(item: Decoder<T>): OptionalField<T> {
  return { optional: item }
}

export interface OptionalField<T> {
  readonly optional: Decoder<T>
}

type Field = Decoder<unknown> | OptionalField<unknown>
type Decoded<F> = F extends OptionalField<infer T> ? T : F extends Decoder<infer T> ? T : never
type OptionalKeys<S> = { [K in keyof S]: S[K] extends OptionalField<unknown> ? K : never }[keyof S]

export type Shape<S extends Record<string, Field>> = {
  readonly [K in Exclude<keyof S, OptionalKeys<S>>]: Decoded<S[K]>
} & { readonly [K in OptionalKeys<S>]?: Decoded<S[K]> }

/** Unknown keys are dropped, so a newer writer does not break an older reader. */
export function object<S extends Record<string, Field>>(shape: S): Decoder<Shape<S>> {
  return (value, path) => {
    const source = objectOf(value, path)
    const result: Record<string, unknown> = {}
    for (const [key, field] of Object.entries(shape)) {
      const element = source[key]
      if (typeof field === 'function') result[key] = field(element, join(path, key))
      else if (element !== undefined && element !== null) {
        result[key] = field.optional(element, join(path, key))
      }
    }
    return result as Shape<S>
  }
}

/** Decodes JSON text. Errors: {@link DecodeError} for a wrong shape and for text that is no JSON. */
export function decodeJson<T>(decoder: Decoder<T>, text: string, name: string): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DecodeError(name, 'JSON', text)
  }
  return decoder(value, name)
}

function objectOf(value: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new DecodeError(path, 'an object', value)
  }
  return value as Readonly<Record<string, unknown>>
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
