/** Lets a loop pause until something happens or a time has passed, whichever is first. */
export class Wakeup {
  #pending = false
  #wake: (() => void) | null = null

  /** Ends the pause at hand, or makes the next one not happen. */
  notify(): void {
    this.#pending = true
    this.#wake?.()
  }

  async pause(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#pending && !signal.aborted) await this.#sleep(ms, signal)
    this.#pending = false
  }

  #sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer)
        signal.removeEventListener('abort', done)
        this.#wake = null
        resolve()
      }
      const timer = setTimeout(done, ms)
      signal.addEventListener('abort', done, { once: true })
      this.#wake = done
    })
  }
}
