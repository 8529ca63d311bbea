/**
 * The function, worked out once for each object it is given: for objects of caches, which are never
 * changed, only exchanged. What it gave goes with the object.
 */
export function perObject<T extends object, R>(work: (object: T) => R): (object: T) => R {
  const known = new WeakMap<T, { readonly result: R }>()
  return (object) => {
    const found = known.get(object)
    if (found !== undefined) return found.result
    const result = work(object)
    known.set(object, { result })
    return result
  }
}
