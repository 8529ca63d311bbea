/** What was decided of a pod; `none` is that nothing is done with it, for a reason. */
type Decided = { readonly kind: string; readonly reason?: string }

/** How many pods were left alone for each of the reasons, those without any too. */
export function countReasons<Reason extends string>(
  reasons: readonly Reason[],
  decisions: readonly Decided[],
): ReadonlyMap<Reason, number> {
  const counts = new Map<string, number>()
  for (const { kind, reason } of decisions) {
    if (kind === 'none' && reason !== undefined) counts.set(reason, (counts.get(reason) ?? 0) + 1)
  }
  return new Map(reasons.map((reason) => [reason, counts.get(reason) ?? 0]))
}
