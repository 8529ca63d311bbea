import type { Logger } from '../log.ts'

export interface AnnotationValueOptions<T> {
  /** What it is, for the log: `desired state`. */
  readonly what: string
  /** Errors: whatever it cannot understand. */
  readonly parse: (text: string) => T
  readonly log: Logger
}

/**
 * The last good value of an annotation. One that cannot be parsed leaves it in force and is logged
 * once: a proxy must not be harmed by a typo.
 */
export class AnnotationValue<T> {
  readonly #options: AnnotationValueOptions<T>
  #text: string | null = null
  #value: T | null = null

  constructor(options: AnnotationValueOptions<T>) {
    this.#options = options
  }

  /** @param text null = absent, which leaves the last good one in force too */
  update(text: string | null): T | null {
    if (text === this.#text || text === null) return this.#value
    this.#text = text
    const { what, parse, log } = this.#options
    try {
      this.#value = parse(text)
      log.info(`${what} read`, { text })
    } catch (error) {
      log.error(`${what} not understood`, { error, text })
    }
    return this.#value
  }
}
