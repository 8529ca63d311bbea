/**
 * The rule of three: when none of `sent` requests was lost, the true share of losses is below
 * 3 / sent with a confidence of 95 %. Undefined when something was lost, or nothing was sent.
 */
export function lossUpperBound(row: {
  readonly sent: number
  readonly lost: number
}): number | undefined {
  return row.lost > 0 || row.sent === 0 ? undefined : Math.min(1, 3 / row.sent)
}
