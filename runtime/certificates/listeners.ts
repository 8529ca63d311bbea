/** Who wants to know of a change. */
export interface Listeners {
  add(handler: () => void): () => void
  tell(): void
}

export function createListeners(): Listeners {
  const handlers = new Set<() => void>()
  return {
    add: (handler) => {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    tell: () => {
      for (const handler of [...handlers]) handler()
    },
  }
}
