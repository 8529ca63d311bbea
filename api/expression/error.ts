/** What is wrong with an expression. `at` counts characters from 0; null: no single place. */
export class ExpressionError extends Error {
  readonly code = 'EXPRESSION_INVALID'
  readonly at: number | null

  constructor(problem: string, at: number | null = null) {
    super(at === null ? problem : `${problem} (at character ${at + 1})`)
    this.at = at
  }
}
