/** What is wrong with a condition. `at` counts characters from 0; null: no single place. */
export class ConditionError extends Error {
  readonly code = 'CONDITION_INVALID'
  readonly at: number | null

  constructor(problem: string, at: number | null = null) {
    super(at === null ? problem : `${problem} (at character ${at + 1})`)
    this.at = at
  }
}
