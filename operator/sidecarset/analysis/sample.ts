/** What a provider answered to one measurement. */
export type Sample =
  | {
      readonly kind: 'values'
      /** Values of the series of new pods, of any number. */
      readonly result: readonly number[]
      /** The same of stable pods at the same moment; empty when nobody asked. */
      readonly stable: readonly number[]
      /** What the result rests on; undefined when nobody asked. */
      readonly samples: number | undefined
    }
  /** There was no answer, or none that can be read. */
  | { readonly kind: 'error'; readonly sentence: string }
