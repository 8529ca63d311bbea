/** First in, first out, at constant cost: an array whose head moves, cut off when half is used up. */
export interface Fifo<T> {
  push(item: T): void
  shift(): T | undefined
  size(): number
}

const shortestCut = 64

export function createFifo<T>(): Fifo<T> {
  let items: T[] = []
  let head = 0
  return {
    push: (item) => {
      items.push(item)
    },
    shift: () => {
      const item = items[head]
      if (head < items.length) head++
      if (head >= shortestCut && head * 2 >= items.length) {
        items = items.slice(head)
        head = 0
      }
      return item
    },
    size: () => items.length - head,
  }
}
