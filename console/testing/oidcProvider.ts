import { createPublicKey, verify } from 'node:crypto'
import type { JsonWebKey, KeyObject } from 'node:crypto'
import { createServer } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { Provider } from 'oidc-provider'
import { listen } from '../../runtime/metrics/httpServer.ts'
import type { FakeUser } from '../../runtime/testing/users.ts'

const CLIENT = 'baton-console'
const SECRET = 'a-secret-of-the-test'

/** A real OpenID Connect provider on loopback: any name signs in, with any password. */
export interface TestProvider {
  readonly issuer: string
  readonly clientId: string
  readonly clientSecret: string
  /** Once the console's address is known. */
  serve(redirectUri: string): void
  /** What an API server that trusts it makes of a bearer token; without TLS alone. */
  readonly users: ReadonlyMap<string, FakeUser>
  /** Requests by path, such as /token. */
  readonly asked: ReadonlyMap<string, number>
  close(): Promise<void>
}

export interface TestProviderOptions {
  /** Defaults to an hour. */
  readonly idTokenSeconds?: number
  /** Defaults to true. */
  readonly refreshes?: boolean
  /** Defaults to 127.0.0.1. */
  readonly host?: string
  /** PEM; defaults to none: it is served in the clear. */
  readonly tls?: { readonly cert: string; readonly key: string }
}

export async function startTestProvider(options: TestProviderOptions = {}): Promise<TestProvider> {
  const { idTokenSeconds = 3_600, refreshes = true, host = '127.0.0.1', tls } = options
  const server = tls === undefined ? createServer() : createHttpsServer(tls)
  const port = await listen(server, 0, host)
  const issuer = `${tls === undefined ? 'http' : 'https'}://${host}:${port}`
  const asked = new Map<string, number>()
  const keys: KeyObject[] = []
  return {
    issuer,
    clientId: CLIENT,
    clientSecret: SECRET,
    asked,
    users: verifyingUsers(issuer, keys),
    serve: (redirectUri) => {
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: CLIENT,
            client_secret: SECRET,
            redirect_uris: [redirectUri],
            grant_types: ['authorization_code', ...(refreshes ? ['refresh_token'] : [])],
            response_types: ['code'],
            token_endpoint_auth_method: 'client_secret_post',
          },
        ],
        features: { revocation: { enabled: true } },
        pkce: { required: () => true },
        ttl: { IdToken: idTokenSeconds, Session: 3_600, Grant: 3_600, Interaction: 600 },
        issueRefreshToken: () => Promise.resolve(refreshes),
        findAccount: (_context, id) => ({
          accountId: id,
          claims: () => ({ sub: id }),
        }),
      })
      const handle = provider.callback()
      server.on('request', (request, response) => {
        const [path = ''] = (request.url ?? '').split('?')
        asked.set(path, (asked.get(path) ?? 0) + 1)
        void handle(request, response)
      })
      if (tls === undefined)
        void fetch(`${issuer}/jwks`).then(async (answer) => {
          const { keys: found } = (await answer.json()) as { keys: JsonWebKey[] }
          for (const key of found) keys.push(createPublicKey({ key, format: 'jwk' }))
        })
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve()
        })
        server.closeAllConnections()
      }),
  }
}

/** Looks a token up by verifying it: signature, issuer, audience and time. */
function verifyingUsers(issuer: string, keys: readonly KeyObject[]): ReadonlyMap<string, FakeUser> {
  const users = new Map<string, FakeUser>()
  users.get = (token) => {
    const [head = '', body = '', signature = ''] = token.split('.')
    const signed = Buffer.from(`${head}.${body}`)
    const isSigned = keys.some((key) =>
      verify('RSA-SHA256', signed, key, Buffer.from(signature, 'base64url')),
    )
    if (!isSigned) return undefined
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
    const isGood = claims.iss === issuer && claims.aud === CLIENT && claims.exp * 1000 > Date.now()
    return isGood ? { username: `${issuer}#${claims.sub}` } : undefined
  }
  return users
}

interface Claims {
  readonly iss: string
  readonly aud: string
  readonly sub: string
  readonly exp: number
}
