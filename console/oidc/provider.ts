import * as client from 'openid-client'
import { Agent, request } from 'undici'
import { isLoopback } from '../http/guard.ts'

/** Whom the console asks who a user is. */
export interface OidcSettings {
  /** As its discovery document and its tokens name it: https://id.example.com. */
  readonly issuer: string
  readonly clientId: string
  /** Absent: a public client, which PKCE protects. */
  readonly clientSecret?: string
  /** Beside `openid`. */
  readonly scopes?: readonly string[]
  /** PEM, of an issuer that no public CA vouches for. */
  readonly ca?: string
  /** Contexts whose API servers trust it: no other is ever sent its tokens. Defaults to all. */
  readonly clusters?: readonly string[]
}

/** What must come back with the answer, and prove that it is the answer to our question. */
export interface Challenge {
  readonly state: string
  readonly nonce: string
  /** PKCE (RFC 7636). */
  readonly verifier: string
  readonly redirectUri: string
}

export interface IssuedTokens {
  /** Goes to API servers as the bearer token. */
  readonly idToken: string
  readonly subject: string
  /** When the ID token ends: milliseconds since the epoch. */
  readonly expiresAtMs: number
  readonly refreshToken?: string
}

/** The OpenID Connect provider. Errors of all: those of openid-client. */
export interface OidcProvider {
  readonly issuer: string
  /** Where the browser goes, and what must be kept until it comes back. */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly challenge: Challenge }>
  /** Redeems what the browser came back with; every claim of the token is checked. */
  complete(answer: URL, challenge: Challenge): Promise<IssuedTokens>
  /** @param subject must be the same as before */
  refresh(refreshToken: string, subject: string): Promise<IssuedTokens>
  /** The refresh token is good for nothing any more, if the provider can do that. */
  revoke(refreshToken: string): Promise<void>
}

const TIMEOUT_SECONDS = 10

/** Nothing is asked before somebody signs in, so a provider that is away keeps nobody from starting. */
export function createOidcProvider(settings: OidcSettings): OidcProvider {
  const { issuer, scopes = [] } = settings
  let found: Promise<client.Configuration> | undefined
  const configuration = (): Promise<client.Configuration> => {
    const asked = (found ??= discover(settings))
    // What failed is asked for again next time.
    asked.catch(() => {
      if (found === asked) found = undefined
    })
    return asked
  }
  return {
    issuer,
    begin: async (redirectUri) => {
      const config = await configuration()
      const verifier = client.randomPKCECodeVerifier()
      const [state, nonce] = [client.randomState(), client.randomNonce()]
      const url = client.buildAuthorizationUrl(config, {
        redirect_uri: redirectUri,
        scope: ['openid', ...scopes].join(' '),
        code_challenge: await client.calculatePKCECodeChallenge(verifier),
        code_challenge_method: 'S256',
        state,
        nonce,
      })
      return { url: url.href, challenge: { state, nonce, verifier, redirectUri } }
    },
    complete: async (answer, { state, nonce, verifier }) => {
      const checks = {
        pkceCodeVerifier: verifier,
        expectedState: state,
        expectedNonce: nonce,
        idTokenExpected: true,
      }
      return issued(await client.authorizationCodeGrant(await configuration(), answer, checks))
    },
    refresh: async (refreshToken, subject) => {
      const next = issued(await client.refreshTokenGrant(await configuration(), refreshToken))
      if (next.subject !== subject) throw new Error('the refreshed token is of somebody else')
      return { refreshToken, ...next }
    },
    revoke: async (refreshToken) => {
      const config = await configuration()
      if (config.serverMetadata().revocation_endpoint === undefined) return
      await client.tokenRevocation(config, refreshToken)
    },
  }
}

async function discover(settings: OidcSettings): Promise<client.Configuration> {
  const { issuer, clientId, clientSecret, ca } = settings
  const server = new URL(issuer)
  const inTheClear = server.protocol === 'http:' && isLoopback(server.hostname)
  const config = await client.discovery(
    server,
    clientId,
    clientSecret,
    clientSecret === undefined ? client.None() : client.ClientSecretPost(clientSecret),
    {
      timeout: TIMEOUT_SECONDS,
      execute: [
        // Signatures are checked too, not only that the token came over TLS.
        client.enableNonRepudiationChecks,
        // eslint-disable-next-line @typescript-eslint/no-deprecated -- on this machine alone
        ...(inTheClear ? [client.allowInsecureRequests] : []),
      ],
      ...(ca === undefined ? {} : { [client.customFetch]: fetchTrusting(ca) }),
    },
  )
  return config
}

function fetchTrusting(ca: string): client.CustomFetch {
  const dispatcher = new Agent({ connect: { ca } })
  return async (url, { method, headers, body, signal }) => {
    const asked = await request(url, {
      ...{ method: method, headers, dispatcher },
      // Forms, and nothing else, are sent to providers.
      ...(body instanceof URLSearchParams ? { body: body.toString() } : {}),
      ...(signal === undefined ? {} : { signal }),
    })
    const answer = Object.entries(asked.headers).map(([name, value]) => [name, String(value)])
    return new Response(await asked.body.text(), {
      status: asked.statusCode,
      headers: Object.fromEntries(answer) as Record<string, string>,
    })
  }
}

function issued(
  answer: client.TokenEndpointResponse & client.TokenEndpointResponseHelpers,
): IssuedTokens {
  const claims = answer.claims()
  if (answer.id_token === undefined || claims === undefined) {
    throw new Error('the provider gave no ID token')
  }
  return {
    idToken: answer.id_token,
    subject: claims.sub,
    expiresAtMs: claims.exp * 1000,
    ...(answer.refresh_token === undefined ? {} : { refreshToken: answer.refresh_token }),
  }
}
