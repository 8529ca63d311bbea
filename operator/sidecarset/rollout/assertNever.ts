/** Closes a switch over all kinds: fails to compile when one is missing. */
export function assertNever(value: never): never {
  throw new Error(`unexpected ${JSON.stringify(value)}`)
}
