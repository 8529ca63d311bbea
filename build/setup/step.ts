/** What a step gets while it runs. */
export interface StepContext {
  /** Aborted when the user gives up: end all children and leave nothing half-done. */
  readonly signal: AbortSignal
  /** Says in a few words what is going on now; the latest is shown. */
  readonly say: (status: string) => void
}

/** One thing that the set-up makes sure of. Running it again does no harm. */
export interface Step {
  /** Short and stable: `kubernetes`, `envoy 1.38.3`. */
  readonly name: string
  /** What it brings, for people: `v1.35.4, built from source`. */
  readonly what: string
  /** Names of steps that must be done before. */
  readonly needs: readonly string[]
  /** Looks, without a network and within milliseconds, whether there is nothing to do. */
  isDone(): Promise<boolean>
  run(context: StepContext): Promise<void>
}

export type Outcome = 'there' | 'done' | 'failed' | 'skipped'

export interface StepResult {
  readonly name: string
  readonly what: string
  readonly outcome: Outcome
  readonly seconds: number
  /** Set when it failed or was skipped. */
  readonly reason?: string
}
