import type { LaneBook } from './laneBook.ts'
import type { Outcome } from './outcome.ts'

/**
 * One request from its scheduled time to its outcome. Clients fill in what they know of the
 * connection and call `end` once; later calls are ignored, the first outcome stands.
 */
export class Entry {
  connectionAgeMs = 0
  requestNumber = 0
  target = ''
  connectMs: number | undefined
  #ended = false
  readonly book: LaneBook
  readonly client: number
  readonly dueMs: number

  constructor(book: LaneBook, client: number, dueMs: number) {
    this.book = book
    this.client = client
    this.dueMs = dueMs
  }

  get ended(): boolean {
    return this.#ended
  }

  /** Books the outcome. False when the entry had ended before. */
  end(outcome: Outcome, detail = ''): boolean {
    if (this.#ended) return false
    this.#ended = true
    this.book.close(this, outcome, detail)
    return true
  }
}
