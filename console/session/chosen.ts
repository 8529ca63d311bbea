import type { Target } from '../clusters/target.ts'
import type { Refusal } from '../wire.ts'

/**
 * The clusters that a token is for. Whoever runs an API server can use what it is sent at another
 * one, so a token goes nowhere but where its owner says; where there is one cluster, nothing is to be
 * said.
 */
export function chosenOf(
  named: readonly string[] | undefined,
  targets: readonly Target[],
): readonly Target[] | Refusal {
  const names = targets.map(({ name }) => name)
  if (named === undefined && targets.length === 1) return targets
  if (named === undefined || named.length === 0) {
    return {
      code: 'NoCluster',
      message: 'you have chosen no cluster, so the token was sent to none',
      remedy: `choose those that it is for: ${names.join(', ')}`,
    }
  }
  const unknown = named.find((name) => !names.includes(name))
  if (unknown !== undefined) {
    return {
      code: 'UnknownCluster',
      message: `this console shows no cluster "${unknown}", so the token was sent to none`,
      remedy: `choose of ${names.join(', ')}`,
    }
  }
  return targets.filter(({ name }) => named.includes(name))
}
