import express from 'express'
import type { Express, Request, Response } from 'express'
import { array, object, optional, string } from '../../api/decode.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { Target } from '../clusters/target.ts'
import { chosenOf } from '../session/chosen.ts'
import { formatCookie, readCookie } from '../session/cookie.ts'
import type { Sessions } from '../session/sessions.ts'
import { refusals } from '../session/sessions.ts'
import { tryToken } from '../session/signIn.ts'
import type { LoginBegun, Refusal } from '../wire.ts'
import { keepFresh } from './keepFresh.ts'
import type { Logins } from './logins.ts'
import { LOGIN_MS } from './logins.ts'
import type { IssuedTokens, OidcProvider } from './provider.ts'
import { LOGIN_UNKNOWN, loginRefusal } from './refusals.ts'

export interface OidcRoutesOptions {
  readonly provider: OidcProvider
  readonly logins: Logins
  readonly sessions: Sessions
  /** The clusters that its tokens can be for. */
  readonly targets: readonly Target[]
  /** Where the user of a request is: scheme and host. */
  readonly originOf: (host: string) => string
  readonly secure: boolean
  readonly clock: Clock
  readonly logger: Logger
}

/** Holds a sign-in that goes on: sent with the way back from the provider, so not `Strict`. */
export const LOGIN_COOKIE = 'baton-console-login'

const BEGIN = '/auth/login'
const CALLBACK = '/auth/callback'
const beginBody = object({ at: optional(string), clusters: optional(array(string)) })
const BODY_LIMIT = '32kb'
/** What a place of our page looks like: nothing that leads elsewhere. */
const PLACE = /^#\/[\w.~!$&'()*+,;=:@%/-]{0,500}$/

interface Wish {
  readonly at: string
  readonly clusters: readonly string[] | undefined
}

/** The way to the provider and back: authorization code with PKCE (RFC 6749, 7636; OpenID Connect Core). */
export function addOidcRoutes(app: Express, options: OidcRoutesOptions): void {
  const { provider, logins, targets, originOf, secure, logger } = options
  const hold = (response: Response, id: string): void => {
    const kept = { maxAgeSeconds: LOGIN_MS / 1000, secure, sameSite: 'Lax' } as const
    response.append('set-cookie', formatCookie(id, { ...kept, name: LOGIN_COOKIE }))
  }
  const refuse = (response: Response, refusal: Refusal, at: string): void => {
    hold(response, logins.fail(refusal))
    response.redirect(303, `/${at}`)
  }

  /** Where the browser goes now; or why nowhere. */
  const begin = async (
    { headers }: Request,
    response: Response,
    { at, clusters }: Wish,
  ): Promise<LoginBegun | Refusal> => {
    const chosen = chosenOf(clusters, targets)
    if ('code' in chosen) return chosen
    try {
      const redirectUri = `${originOf(headers.host ?? '')}${CALLBACK}`
      const { url, challenge } = await provider.begin(redirectUri)
      hold(response, logins.begin({ challenge, at, chosen }))
      return { url }
    } catch (error) {
      logger.warn('a sign-in could not be begun', { path: BEGIN, error })
      return loginRefusal(provider.issuer, error)
    }
  }

  // A link, which any page can have, chooses nothing: it is for where there is one cluster.
  app.get(BEGIN, async (request, response) => {
    const at = placeOf(request.query['at'])
    const begun = await begin(request, response, { at, clusters: undefined })
    if ('code' in begun) refuse(response, begun, at)
    else response.redirect(303, begun.url)
  })

  // No page but ours can send this: see guard.
  app.post(BEGIN, express.json({ limit: BODY_LIMIT }), async (request, response) => {
    const { at, clusters } = beginBody(request.body, 'body')
    const begun = await begin(request, response, { at: placeOf(at), clusters })
    response.status('code' in begun ? 401 : 200).json(begun)
  })

  app.get(CALLBACK, async (request, response) => {
    const login = logins.take(readCookie(request.headers.cookie, LOGIN_COOKIE))
    if (login === undefined || login.challenge.state !== request.query['state']) {
      refuse(response, LOGIN_UNKNOWN, login?.at ?? '')
      return
    }
    const { challenge, at, chosen } = login
    const { search } = new URL(request.originalUrl, challenge.redirectUri)
    try {
      const answer = new URL(challenge.redirectUri)
      answer.search = search
      const tokens = await provider.complete(answer, challenge)
      const entered = await enter(options, tokens, chosen)
      if ('code' in entered) refuse(response, entered, at)
      else {
        response.append('set-cookie', entered.cookie)
        response.append(
          'set-cookie',
          formatCookie('', { maxAgeSeconds: 0, secure, sameSite: 'Lax', name: LOGIN_COOKIE }),
        )
        response.redirect(303, `/${at}`)
      }
    } catch (error) {
      logger.warn('a sign-in failed', { path: CALLBACK, error })
      refuse(response, loginRefusal(provider.issuer, error), at)
    }
  })
}

/** A session for somebody whom at least one of the chosen clusters knows by this token. */
async function enter(
  { provider, sessions, secure, clock, logger }: OidcRoutesOptions,
  tokens: IssuedTokens,
  chosen: readonly Target[],
): Promise<{ readonly cookie: string } | Refusal> {
  const tried = await tryToken(tokens.idToken, chosen)
  if ('code' in tried) {
    const { message } = tried
    return {
      code: 'NotTrusted',
      message: `${provider.issuer} says who you are, but ${message}`,
      remedy: 'API servers need --oidc-issuer-url and --oidc-client-id of this provider',
    }
  }
  let id = ''
  const fresh = keepFresh({
    ...{ provider, tokens, clock, logger },
    onEnd: () => {
      sessions.end(id, refusals.SessionExpired)
    },
  })
  const known = Object.keys(tried.tokens).map((name) => [name, fresh.current] as const)
  const { session, cookie } = sessions.create({ kind: 'tokens', tokens: Object.fromEntries(known) })
  ;({ id } = session)
  const undo = sessions.onEnd((ended) => {
    if (ended !== id) return
    fresh.stop()
    undo()
  })
  const maxAgeSeconds = Math.round((session.expiresAtMs - clock.now()) / 1000)
  return { cookie: formatCookie(cookie, { maxAgeSeconds, secure }) }
}

function placeOf(at: unknown): string {
  return typeof at === 'string' && PLACE.test(at) ? at : ''
}
