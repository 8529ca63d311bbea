import type { Clock } from '../../runtime/clock/clock.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { IssuedTokens, OidcProvider } from './provider.ts'

export interface FreshOptions {
  readonly provider: Pick<OidcProvider, 'refresh' | 'revoke'>
  readonly tokens: IssuedTokens
  readonly clock: Clock
  readonly logger: Logger
  /** No new token is to be had, and the last one has ended. */
  readonly onEnd: () => void
}

/** A token that is renewed before it ends, for as long as the session lasts. */
export interface FreshToken {
  readonly current: () => string
  /** Renews no more; what could renew it is revoked. */
  readonly stop: () => void
}

/** Renewed so long before its end, or in the last quarter of a shorter life. */
const MARGIN_MS = 60_000
/** Between tries when the provider does not answer. */
const RETRY_MS = 5_000

export function keepFresh(options: FreshOptions): FreshToken {
  const { provider, clock, logger, onEnd } = options
  let { tokens } = options
  const stopped = new AbortController()
  const { signal } = stopped
  const run = async (): Promise<void> => {
    while (!signal.aborted) {
      const left = tokens.expiresAtMs - clock.now()
      const { refreshToken } = tokens
      if (refreshToken === undefined) {
        await clock.sleep(Math.max(0, left), signal)
        break
      }
      await clock.sleep(Math.max(0, left - Math.min(MARGIN_MS, left / 4)), signal)
      if (!(await renew(refreshToken))) break
    }
    if (!signal.aborted) onEnd()
  }
  /** False when it has ended without a next one. */
  const renew = async (refreshToken: string): Promise<boolean> => {
    while (!signal.aborted) {
      try {
        tokens = await provider.refresh(refreshToken, tokens.subject)
        return true
      } catch (error) {
        logger.warn('an ID token could not be renewed', { error })
        const left = tokens.expiresAtMs - clock.now()
        if (left <= 0) return false
        await clock.sleep(Math.min(RETRY_MS, left), signal)
      }
    }
    return true
  }
  run().catch((error: unknown) => {
    // The wait was ended by the end of the session.
    if (!signal.aborted) logger.error('an ID token is not renewed any more', { error })
  })
  return {
    current: () => tokens.idToken,
    stop: () => {
      if (signal.aborted) return
      stopped.abort()
      const { refreshToken } = tokens
      if (refreshToken === undefined) return
      provider.revoke(refreshToken).catch((error: unknown) => {
        logger.warn('a refresh token could not be revoked', { error })
      })
    },
  }
}
