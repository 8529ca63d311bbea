import type { SessionRow } from '../wire.ts'
import type { Child } from './dom.ts'
import { h, s } from './dom.ts'
import { ageOf } from './format.ts'
import type { Link } from './live.ts'
import type { Route } from './route.ts'

export interface BarInput {
  readonly session: SessionRow | undefined
  readonly link: Link
  readonly route: Route
  readonly now: number
}

const LINKS: Readonly<Record<Link, { readonly tone: string; readonly word: string }>> = {
  live: { tone: 'good', word: 'Live' },
  connecting: { tone: 'busy', word: 'Connecting' },
  lost: { tone: 'bad', word: 'Link lost, trying again' },
}

/** Soon enough to finish what is begun. */
const SOON_MS = 10 * 60_000

/** Where you are, whether it is live, and who you are. */
export function bar({ session, link, route, now }: BarInput): readonly HTMLElement[] {
  const { tone, word } = LINKS[link]
  const endsSoon = session !== undefined && Date.parse(session.expiresAt) - now < SOON_MS
  return [
    h(
      'nav',
      { 'aria-label': 'Where you are', class: 'crumbs' },
      h('a', { href: '#/', class: 'brand' }, mark(), 'Baton'),
      crumbs(route).map((text) => h('span', { class: 'crumb' }, text)),
    ),
    h(
      'div',
      { class: 'bar-end' },
      session?.readOnly === true ? h('span', { class: 'tag' }, 'Read-only') : null,
      endsSoon ? h('span', { class: 'tag warn' }, `Session ends in ${left(session, now)}`) : null,
      session === undefined
        ? null
        : h('span', { class: `link ${tone}`, role: 'status' }, h('span', { class: 'dot' }), word),
      session === undefined
        ? null
        : h('button', { type: 'button', class: 'small', 'data-act': 'sign-out' }, 'Sign out'),
    ),
  ]
}

function crumbs(route: Route): readonly string[] {
  if (route.page === 'fleet') return []
  if (route.page === 'set') return [route.cluster, route.set]
  return [route.cluster, route.namespace, route.app]
}

function left({ expiresAt }: SessionRow, now: number): string {
  return ageOf(new Date(now).toISOString(), Date.parse(expiresAt))
}

function mark(): Child {
  return s(
    'svg',
    { viewBox: '0 0 16 16', class: 'mark', 'aria-hidden': 'true' },
    s('path', { d: 'M2.5 11.5 11.5 2.5 14 5 5 14z' }),
  )
}
