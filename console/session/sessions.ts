import { randomBytes } from 'node:crypto'
import type { Refusal } from '../wire.ts'
import type { Seal } from './seal.ts'
import { createSeal } from './seal.ts'

/** The token of now: some are renewed while a session lasts. */
export type TokenSource = () => string

/** By what the user is known to clusters. */
export type Credential =
  | { readonly kind: 'kubeconfig' }
  /** Bearer tokens by cluster: those that the API server has accepted, each for itself. */
  | { readonly kind: 'tokens'; readonly tokens: Readonly<Record<string, TokenSource>> }

export interface Session {
  readonly id: string
  readonly credential: Credential
  /** Milliseconds since the epoch. */
  readonly expiresAtMs: number
  /** Goes back with each change. */
  readonly csrf: string
}

export interface Sessions {
  /** Gives the value of the cookie. */
  create(credential: Credential): { readonly session: Session; readonly cookie: string }
  /** The session of a cookie, or why there is none. */
  find(cookie: string | undefined): Session | Refusal
  /** @param why is told to who comes with its cookie; defaults to SessionUnknown */
  end(id: string, why?: Refusal): void
  /** Ends all of them. */
  close(): void
  /** Gives the unsubscribe. */
  onEnd(handler: (id: string) => void): () => void
}

export interface SessionsOptions {
  readonly lifetimeMs: number
  readonly now: () => number
  readonly seal?: Seal
}

/** Beyond it the oldest ends: whoever signs in again and again must not fill the memory. */
const MOST_SESSIONS = 1_000

export const refusals = {
  NotSignedIn: { code: 'NotSignedIn', message: 'nobody is signed in' },
  SessionExpired: {
    code: 'SessionExpired',
    message: 'the session is over',
    remedy: 'sign in again',
  },
  SessionUnknown: {
    code: 'SessionUnknown',
    message: 'the session is not known: you signed out, or the console was started anew',
    remedy: 'sign in again',
  },
} as const satisfies Readonly<Record<string, Refusal>>

/** Sessions live in memory: they end with the process, as its signing key does. */
export function createSessions(options: SessionsOptions): Sessions {
  const { lifetimeMs, now, seal = createSeal() } = options
  const sessions = new Map<string, Session>()
  const handlers = new Set<(id: string) => void>()
  const reasons = new Map<string, Refusal>()
  const end = (id: string, why?: Refusal): void => {
    if (!sessions.delete(id)) return
    if (why !== undefined) {
      const [oldest] = reasons.keys()
      if (reasons.size >= MOST_SESSIONS && oldest !== undefined) reasons.delete(oldest)
      reasons.set(id, why)
    }
    for (const handler of handlers) handler(id)
  }
  const sweep = (): void => {
    for (const { id, expiresAtMs } of sessions.values()) if (expiresAtMs <= now()) end(id)
    for (const id of sessions.keys()) {
      if (sessions.size < MOST_SESSIONS) break
      end(id)
    }
  }
  return {
    create: (credential) => {
      sweep()
      const id = randomBytes(18).toString('base64url')
      const expiresAtMs = now() + lifetimeMs
      const session = { id, credential, expiresAtMs, csrf: seal.sign('csrf', id) }
      sessions.set(id, session)
      const claim = `${id}.${expiresAtMs}`
      return { session, cookie: `${claim}.${seal.sign('session', claim)}` }
    },
    find: (cookie) => {
      if (cookie === undefined || cookie === '') return refusals.NotSignedIn
      const [id = '', expires = '', signature = ''] = cookie.split('.')
      if (!seal.verify('session', `${id}.${expires}`, signature)) return refusals.SessionUnknown
      // What we signed says when it ended, also when it is forgotten.
      if (Number(expires) <= now()) {
        end(id)
        return refusals.SessionExpired
      }
      return sessions.get(id) ?? reasons.get(id) ?? refusals.SessionUnknown
    },
    end,
    close: () => {
      for (const id of [...sessions.keys()]) end(id)
    },
    onEnd: (handler) => {
      handlers.add(handler)
      return () => {
        handlers.delete(handler)
      }
    },
  }
}
