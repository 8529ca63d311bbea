import { clusterOf } from '../../cli/cluster/cluster.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { standingOf } from '../clusters/clusterState.ts'
import type { Target } from '../clusters/target.ts'
import { withToken } from '../clusters/target.ts'
import { whoAmI } from '../clusters/whoAmI.ts'
import type { Refusal } from '../wire.ts'
import type { TokenSource } from './sessions.ts'
import { parseToken } from './token.ts'

export interface TriedToken {
  /** By cluster that knows it. */
  readonly tokens: Readonly<Record<string, TokenSource>>
}

/**
 * Tries a token on each of these clusters by asking its API server whose it is: no other endpoint proves
 * anything. Who is known nowhere is refused.
 */
export async function tryToken(
  typed: string,
  targets: readonly Target[],
): Promise<TriedToken | Refusal> {
  const parsed = parseToken(typed)
  if ('code' in parsed) return parsed
  const { token } = parsed
  const outcomes = await Promise.all(targets.map((target) => tryOn(target, token)))
  const accepted = outcomes.filter(({ reason }) => reason === undefined)
  if (accepted.length > 0) {
    return { tokens: Object.fromEntries(accepted.map(({ name }) => [name, () => token])) }
  }
  const isKnownWrong = outcomes.every(({ unauthorized }) => unauthorized)
  const reasons = outcomes.map(({ name, reason = '' }) => `${name}: ${reason}`).join('; ')
  return isKnownWrong
    ? {
        code: 'WrongToken',
        message: `no cluster knows this token (${outcomes.map(({ name }) => name).join(', ')})`,
        remedy: 'it may have expired: get a new one',
      }
    : { code: 'NotTried', message: `the token could not be tried: ${reasons}` }
}

async function tryOn(target: Target, token: string) {
  const { name } = target
  const options = { program: 'baton-console', requestTimeoutMs: 5_000 }
  const cluster = clusterOf(
    withToken(target, () => token),
    options,
  )
  try {
    const user = await whoAmI(cluster)
    // Who comes without a valid token is this, where anonymous requests are allowed.
    const isAnonymous = user === 'system:anonymous'
    return isAnonymous
      ? { name, reason: 'it counts as nobody', unauthorized: true }
      : { name, reason: undefined, unauthorized: false }
  } catch (error) {
    const unauthorized = isApiError(error, 'Unauthorized')
    return { name, reason: standingOf(error, cluster).reason, unauthorized }
  } finally {
    await cluster.close()
  }
}
