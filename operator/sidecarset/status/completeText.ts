/** What is said of a set whose pods all have the latest revision. */
export function completeText(matched: number, latest: string): string {
  if (matched === 0) return `no pod is there yet; new ones get revision ${latest}`
  return matched === 1
    ? `the only pod has revision ${latest}`
    : `all ${matched} pods have revision ${latest}`
}
