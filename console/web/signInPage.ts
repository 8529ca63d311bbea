import type { Entrance, Refusal } from '../wire.ts'
import { h } from './dom.ts'
import { notice } from './parts.ts'

export interface Wish {
  /** Of the page, as its address says: where one comes back to. */
  readonly place: string
  /** Clusters that are chosen already, such as the one at whose row it was asked for. */
  readonly ticked: readonly string[]
}

/** For who is not signed in, or no longer: says why, and what to do. */
export function signInPage(
  { signIn, clusters }: Entrance,
  refusal: Refusal | undefined,
  { place, ticked }: Wish,
): readonly HTMLElement[] {
  const isNews = refusal !== undefined && refusal.code !== 'NotSignedIn'
  const why = isNews
    ? h('p', { class: 'notice warn', role: 'alert', id: 'refusal' }, textOf(refusal))
    : null
  if (signIn === 'oidc') {
    const isChoice = clusters.length > 1
    const words = 'Sign in with your provider'
    return [
      h(
        isChoice ? 'form' : 'div',
        { class: 'sign-in', ...(isChoice ? { 'data-act': 'sign-in-at-provider' } : {}) },
        h('h1', {}, 'Sign in'),
        why,
        h(
          'p',
          { class: 'quiet' },
          'Your OpenID Connect provider says who you are; everything you see and do here is by your own rights.',
          isChoice
            ? ' The token that it gives is sent to the clusters that you choose and to no other.'
            : null,
        ),
        choice(clusters, ticked),
        isChoice
          ? h('button', { type: 'submit', class: 'main' }, words)
          : h(
              'a',
              { class: 'button main', href: `/auth/login?at=${encodeURIComponent(place)}` },
              words,
            ),
      ),
    ]
  }
  if (signIn === 'kubeconfig') {
    return [
      h(
        'div',
        { class: 'sign-in' },
        h('h1', {}, 'Open the address that was printed'),
        why,
        h(
          'p',
          {},
          'This console acts as the user of a kubeconfig. So that nobody else on the machine can use it, its address carries a key. Open the whole address that ',
          h('code', {}, 'kubectl baton console'),
          ' has printed.',
        ),
      ),
    ]
  }
  return [
    h(
      'form',
      { class: 'sign-in', 'data-act': 'sign-in', novalidate: true },
      h('h1', {}, 'Sign in'),
      why,
      h('label', { for: 'token' }, 'Bearer token'),
      h('textarea', {
        id: 'token',
        name: 'token',
        rows: 4,
        spellcheck: 'false',
        autocomplete: 'off',
        'aria-describedby': 'token-help',
      }),
      choice(clusters, ticked),
      h(
        'p',
        { class: 'quiet', id: 'token-help' },
        clusters.length > 1
          ? 'It is sent to the clusters that you choose and to no other; everything you see and do there is by its rights. For a service account: '
          : 'Everything you see and do here is by its rights. For a service account: ',
        h('code', {}, 'kubectl create token NAME'),
      ),
      h('button', { type: 'submit', class: 'main' }, 'Sign in'),
      isNews
        ? null
        : notice('info', 'The token stays in the memory of the console until you sign out.'),
    ),
  ]
}

/** Where the token goes; one cluster is no choice. */
function choice(clusters: readonly string[], ticked: readonly string[]): HTMLElement | null {
  if (clusters.length < 2) return null
  return h(
    'fieldset',
    { class: 'choice' },
    h('legend', {}, 'Clusters that it is for'),
    clusters.map((cluster) =>
      h(
        'label',
        {},
        h('input', {
          type: 'checkbox',
          name: 'cluster',
          value: cluster,
          checked: ticked.includes(cluster),
        }),
        h('span', {}, cluster),
      ),
    ),
  )
}

export function textOf({ message, remedy }: Refusal): string {
  return remedy === undefined ? message : `${message}: ${remedy}`
}
