import express from 'express'
import type { Express, NextFunction, Request, Response } from 'express'
import { array, object, optional, string } from '../../api/decode.ts'
import { CliError } from '../../cli/cliError.ts'
import { RELEASE_VERSION } from '../../manifests/version.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import type { Target } from '../clusters/target.ts'
import { createLogins } from '../oidc/logins.ts'
import type { OidcProvider } from '../oidc/provider.ts'
import { addOidcRoutes, LOGIN_COOKIE } from '../oidc/routes.ts'
import { formatCookie, readCookie } from '../session/cookie.ts'
import { sameText } from '../session/seal.ts'
import type { Session, Sessions } from '../session/sessions.ts'
import { chosenOf } from '../session/chosen.ts'
import { tryToken } from '../session/signIn.ts'
import type { Views } from '../session/views.ts'
import type { Entrance, Refusal, SessionRow, SignIn } from '../wire.ts'
import type { Assets } from './assets.ts'
import type { Allowed, Refused } from './guard.ts'
import { guard } from './guard.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { refusedBy } from './refusals.ts'
import { addRoutes } from './routes.ts'
import type { Focus } from './stream.ts'
import { stream } from './stream.ts'

export interface AppOptions {
  readonly assets: Assets
  /** The clusters that a token can be for. */
  readonly targets: readonly Target[]
  /** They are chosen unless somebody says otherwise. */
  readonly ticked: boolean
  readonly signIn: SignIn
  /** What the printed address carries: whoever knows it is the user of the kubeconfig. */
  readonly launchKey: string
  readonly readOnly: boolean
  /** Known once the port is. */
  readonly allowed: () => Allowed
  /** Cookies go over TLS alone. */
  readonly secure: boolean
  readonly sessions: Sessions
  readonly views: Views
  readonly clock: Clock
  readonly agentMs: number
  readonly logger: Logger
  /** With `oidc`. */
  readonly oidc?: OidcProvider
}

const signInBody = object({
  key: optional(string),
  token: optional(string),
  clusters: optional(array(string)),
})
const BODY_LIMIT = '32kb'
/** Longer ones would be over at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createApp(options: AppOptions): Express {
  const { assets, sessions, views, signIn, readOnly, clock, secure, logger } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.set('query parser', 'simple')

  app.use((request, response, next) => {
    response.set(SECURITY_HEADERS)
    if (secure) response.set('strict-transport-security', 'max-age=31536000')
    const refused = guard(request, options.allowed())
    if (refused === undefined) next()
    else refuse(response, refused)
  })
  const logins = createLogins({ now: () => clock.now() })
  if (options.oidc !== undefined) {
    addOidcRoutes(app, {
      ...{ provider: options.oidc, logins, sessions, targets: options.targets },
      ...{ secure, clock, logger },
      originOf: (host) => options.allowed().hosts.get(host.toLowerCase()) ?? '',
    })
  }
  app.get(/^\/(?!api\/)/, (request, response) => {
    const asset = assets.get(request.path === '/' ? '/index.html' : request.path)
    if (asset === undefined) refuse(response, notFound(request))
    else response.type(asset.type).send(asset.body)
  })
  app.use(express.json({ limit: BODY_LIMIT }))

  const sessionOf = (request: Request): Session | Refusal =>
    sessions.find(readCookie(request.headers.cookie))
  const names = signIn === 'kubeconfig' ? [] : options.targets.map(({ name }) => name)
  const entrance: Entrance = {
    signIn,
    clusters: names,
    ticked: options.ticked ? names : [],
  }
  const rowOf = ({ csrf, expiresAtMs }: Session): SessionRow => ({
    ...entrance,
    readOnly,
    csrf,
    expiresAt: new Date(expiresAtMs).toISOString(),
    version: RELEASE_VERSION,
  })

  app.post('/api/session', async (request, response) => {
    const wish = signInBody(request.body, 'body')
    const known = sessionOf(request)
    const credential = await credentialFor(options, wish)
    if ('code' in credential) {
      refuse(response, { status: 401, ...credential })
      return
    }
    // One more token for somebody who has one.
    const before = 'code' in known || known.credential.kind === 'kubeconfig' ? undefined : known
    const merged =
      credential.kind === 'tokens' && before?.credential.kind === 'tokens'
        ? { ...credential, tokens: { ...before.credential.tokens, ...credential.tokens } }
        : credential
    if (before !== undefined) sessions.end(before.id)
    const { session, cookie } = sessions.create(merged)
    const maxAgeSeconds = Math.round((session.expiresAtMs - clock.now()) / 1000)
    response.setHeader('set-cookie', formatCookie(cookie, { maxAgeSeconds, secure }))
    response.json(rowOf(session))
  })

  app.use('/api', (request, response, next) => {
    const session = sessionOf(request)
    if ('code' in session) {
      const failed = logins.takeRefusal(readCookie(request.headers.cookie, LOGIN_COOKIE))
      refuse(response, { status: 401, ...(failed ?? session), ...entrance })
      return
    }
    const isChange = request.method !== 'GET' && request.method !== 'HEAD'
    if (isChange && !sameText(session.csrf, request.get('x-baton-csrf') ?? '')) {
      refuse(response, {
        status: 403,
        code: 'CsrfToken',
        message: 'the request does not carry the token of this session',
        remedy: 'reload the page',
      })
      return
    }
    if (isChange && readOnly && request.path.endsWith('/act')) {
      refuse(response, {
        status: 403,
        code: 'ReadOnly',
        message: 'this console was started with --read-only',
      })
      return
    }
    response.locals['session'] = session
    next()
  })
  app.get('/api/session', (_request, response) => {
    response.json(rowOf(local(response)))
  })
  app.delete('/api/session', (_request, response) => {
    sessions.end(local(response).id)
    response.setHeader('set-cookie', formatCookie('', { maxAgeSeconds: 0, secure }))
    response.json({})
  })
  app.get('/api/stream', async (request, response) => {
    const session = local(response)
    const stop = new AbortController()
    const end = (): void => {
      stop.abort()
    }
    const undo = views.onEnd(session.id, end)
    const timer = setTimeout(end, Math.min(session.expiresAtMs - clock.now(), LONGEST_TIMER_MS))
    const { view, release } = views.look(session)
    const ended = (): Refusal | undefined => {
      const found = sessionOf(request)
      return 'code' in found ? found : undefined
    }
    try {
      const { agentMs } = options
      const focus = focusOf(request)
      await stream(response, { view, focus, readOnly, clock, agentMs, ended }, stop.signal)
    } finally {
      clearTimeout(timer)
      undo()
      release()
    }
  })
  addRoutes(app, {
    now: () => clock.now(),
    clusterOf: (request, name) => {
      const watch =
        request.res === undefined ? undefined : views.of(local(request.res)).watches.get(name)
      if (watch !== undefined) return watch.cluster
      throw new CliError({
        exit: 'error',
        reason: 'NotFound',
        message: `you are signed in to no cluster "${name}"`,
      })
    },
  })
  app.use((request, response) => {
    refuse(response, notFound(request))
  })
  app.use((error: unknown, request: Request, response: Response, next: NextFunction) => {
    const refused = refusedBy(error)
    if (refused.status >= 500) logger.error('request failed', { path: request.path, error })
    if (response.headersSent) next(error)
    else refuse(response, refused)
  })
  return app
}

async function credentialFor(
  { signIn, launchKey, targets }: AppOptions,
  { key, token, clusters }: ReturnType<typeof signInBody>,
) {
  if (signIn === 'token') {
    const chosen = chosenOf(clusters, targets)
    if ('code' in chosen) return chosen
    const tried = await tryToken(token ?? '', chosen)
    return 'code' in tried ? tried : ({ kind: 'tokens', tokens: tried.tokens } as const)
  }
  if (signIn === 'oidc') {
    return {
      code: 'UseProvider',
      message: 'this console lets people in by their OpenID Connect provider alone',
      remedy: 'open /auth/login',
    }
  }
  if (sameText(launchKey, key ?? '')) return { kind: 'kubeconfig' } as const
  return {
    code: 'WrongKey',
    message: 'the address does not carry the key that the console printed',
    remedy: 'open the whole address that kubectl baton console printed',
  }
}

function focusOf({ query }: Request): Focus | undefined {
  const text = (name: string): string | undefined => {
    const value = query[name]
    return typeof value === 'string' ? value : undefined
  }
  const [cluster, set, app] = [text('cluster'), text('set'), text('app')]
  if (cluster === undefined) return undefined
  return {
    cluster,
    ...(set === undefined ? {} : { set }),
    ...(app === undefined ? {} : { app }),
  }
}

function local(response: Response): Session {
  return response.locals['session'] as Session
}

function notFound({ path }: Request): Refused {
  return { status: 404, code: 'NotFound', message: `there is nothing at ${path}` }
}

function refuse(response: Response, { status, ...refusal }: Refused & Partial<Entrance>): void {
  response.status(status).json(refusal)
}
