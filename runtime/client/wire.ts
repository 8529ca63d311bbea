import type { KubeObject } from './objects.ts'

/**
 * A client-node model as it comes over the wire: dates are strings, nothing may be changed, and
 * `metadata` with a name is always there. The models' own classes promise Dates that raw JSON does
 * not have, and turning JSON into them costs twice the parsing.
 *
 * @example
 * type Pod = Wire<V1Pod>
 */
export type Wire<T> = KubeObject & {
  readonly [K in keyof T as K extends keyof KubeObject ? never : K]: WireValue<T[K]>
}

/** A part of a model as it comes over the wire. */
export type WireValue<V> = 0 extends 1 & V
  ? unknown // `any` in the models: arbitrary JSON
  : V extends Date
    ? string
    : V extends readonly (infer E)[]
      ? readonly WireValue<E>[]
      : V extends object
        ? { readonly [K in keyof V]: WireValue<V[K]> }
        : V
