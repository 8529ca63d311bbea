import { randomBytes } from 'node:crypto'
import type { Target } from '../clusters/target.ts'
import type { Refusal } from '../wire.ts'
import type { Challenge } from './provider.ts'

/** A sign-in that was begun: who comes back with its id is the browser that began it. */
export interface Login {
  readonly challenge: Challenge
  /** The place to come back to: a part of our own page's address. */
  readonly at: string
  /** The clusters that the token is for: kept here, so neither the way there nor back can change them. */
  readonly chosen: readonly Target[]
}

/** Sign-ins between the way to the provider and the way back. */
export interface Logins {
  /** Gives the id that the browser holds meanwhile. */
  begin(login: Login): string
  /** Once: an answer that comes twice is no answer. */
  take(id: string | undefined): Login | undefined
  /** Keeps why it failed for the page that asks next. Gives the id. */
  fail(refusal: Refusal): string
  /** Why it failed, once. */
  takeRefusal(id: string | undefined): Refusal | undefined
}

/** How long somebody may take to sign in at the provider. */
export const LOGIN_MS = 10 * 60_000
/** Anybody may begin one: the oldest gives way. */
const MOST = 1_000

type Entry = ({ readonly login: Login } | { readonly refusal: Refusal }) & {
  readonly endsAt: number
}

export function createLogins({ now }: { readonly now: () => number }): Logins {
  const entries = new Map<string, Entry>()
  const put = (entry: { readonly login: Login } | { readonly refusal: Refusal }): string => {
    for (const [id, { endsAt }] of entries) {
      if (entries.size < MOST && endsAt > now()) break
      entries.delete(id)
    }
    const id = randomBytes(24).toString('base64url')
    entries.set(id, { ...entry, endsAt: now() + LOGIN_MS })
    return id
  }
  const get = (id: string | undefined): Entry | undefined => {
    const entry = entries.get(id ?? '')
    return entry !== undefined && entry.endsAt > now() ? entry : undefined
  }
  return {
    begin: (login) => put({ login }),
    take: (id) => {
      const entry = get(id)
      if (id === undefined || entry === undefined || !('login' in entry)) return undefined
      entries.delete(id)
      return entry.login
    },
    fail: (refusal) => put({ refusal }),
    takeRefusal: (id) => {
      const entry = get(id)
      if (id === undefined || entry === undefined || !('refusal' in entry)) return undefined
      entries.delete(id)
      return entry.refusal
    },
  }
}
