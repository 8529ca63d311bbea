import type { Health } from '../handover/world.ts'
import type { LauncherClient } from '../launcher/client.ts'
import { carryOut } from './carryOut.ts'
import type { Check } from './check.ts'
import type { Judgement, Thresholds } from './judge.ts'
import { judge, unjudged } from './judge.ts'
import type { Outcome } from './outcome.ts'

export interface Round {
  /** All must pass; none = passing. */
  readonly checks: readonly Check[]
  readonly timeoutMs: number
  /** From the start of one round to the start of the next. */
  readonly periodMs: number
  readonly thresholds: Thresholds
}

/**
 * Carries out checks in the background of a loop that calls `look` often: never more than one round
 * at a time, never sooner than its period.
 */
export class Prober {
  #key = ''
  #judgement: Judgement = unjudged
  #nextAt = 0
  #busy = false
  readonly #launchers: ReadonlyMap<string, LauncherClient>
  readonly #onChange: () => void

  /**
   * @param launchers of the slots, which run the programs of `exec`
   * @param onChange called when a round has changed the verdict
   */
  constructor(launchers: ReadonlyMap<string, LauncherClient>, onChange: () => void) {
    this.#launchers = launchers
    this.#onChange = onChange
  }

  get health(): Health {
    return this.#judgement.health
  }

  /** Begins anew when `key`, which names the process that is checked, is another than before. */
  look(key: string, round: Round, at: number): Health {
    if (key !== this.#key) this.#reset(key)
    if (round.checks.length === 0) return { verdict: 'passing', detail: 'nothing to check' }
    if (!this.#busy && at >= this.#nextAt) {
      this.#nextAt = at + round.periodMs
      this.#busy = true
      void this.#probe(key, round)
    }
    return this.health
  }

  /** Forgets what was seen; the next `look` begins anew. */
  clear(): void {
    this.#reset('')
  }

  #reset(key: string): void {
    this.#key = key
    this.#judgement = unjudged
    this.#nextAt = 0
    this.#busy = false
  }

  async #probe(key: string, round: Round): Promise<void> {
    const outcome = await this.#allOf(round)
    // The process was replaced meanwhile: this outcome is not its own, nor is `busy`.
    if (key !== this.#key) return
    this.#busy = false
    const before = this.#judgement.health.verdict
    this.#judgement = judge(this.#judgement, outcome, round.thresholds)
    if (this.#judgement.health.verdict !== before) this.#onChange()
  }

  async #allOf({ checks, timeoutMs }: Round): Promise<Outcome> {
    const outcomes = await Promise.all(
      checks.map((check) => carryOut(check, timeoutMs, this.#launchers)),
    )
    const failed = outcomes.find((outcome) => !outcome.ok)
    return failed ?? { ok: true, detail: outcomes.map((outcome) => outcome.detail).join(', ') }
  }
}
