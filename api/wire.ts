/**
 * A Kubernetes type as it travels in JSON: dates are strings, and nothing may be changed in place,
 * since objects come from shared caches.
 */
export type Wire<T> = T extends Date
  ? string
  : T extends readonly (infer E)[]
    ? readonly Wire<E>[]
    : T extends object
      ? { readonly [K in keyof T]: Wire<T[K]> }
      : T
