import type { Act } from '../../cli/actions/acts.ts'
import type { Why } from '../../cli/why/whyShape.ts'
import type { Entrance, HistoryDocument, LoginBegun, Refusal, SessionRow, SetRow } from '../wire.ts'
import { get, holdSession, post, Refused, remove } from './api.ts'
import { appPage } from './appPage.ts'
import { bar } from './bar.ts'
import type { PodState } from './chips.ts'
import { confirmAct } from './confirm.ts'
import { byId, h } from './dom.ts'
import { fleetPage } from './fleet.ts'
import type { Link } from './live.ts'
import { listenLive } from './live.ts'
import { morphContent } from './morph.ts'
import { notice } from './parts.ts'
import type { PodFilter } from './podTable.ts'
import { createPodTable, filterPods } from './podTable.ts'
import type { Route } from './route.ts'
import { formatRoute, keyOf, parseRoute, streamPath } from './route.ts'
import { setPage } from './setPage.ts'
import { signInPage } from './signInPage.ts'
import type { State } from './state.ts'
import { appKey, beginAnew, createState, forgetFocus, setKey, take } from './state.ts'

/** What is read now and then beside the stream. */
interface Beside {
  why: Why | undefined
  history: HistoryDocument | undefined
  /** Of the set when it was read: read again when that has changed. */
  readAt: string
}

/** Runs the page. */
export function start(): void {
  const state = createState()
  const podTable = createPodTable()
  let route: Route = parseRoute(location.hash)
  let session: SessionRow | undefined
  let entrance: Entrance = { signIn: 'kubeconfig', clusters: [], ticked: [] }
  /** The cluster that the user wants to give a token for. */
  let wanted: string | undefined
  let refusal: Refusal | undefined
  let link: Link = 'connecting'
  let filter = ''
  let podFilter: PodFilter = { text: '', state: '' }
  let beside: Beside = nothingBeside()
  let stopListening = (): void => undefined

  const currentSet = (): SetRow | undefined =>
    route.page === 'set' ? state.sets.get(setKey(route)) : undefined

  const content = (): readonly HTMLElement[] => {
    if (session === undefined) {
      const ticked = wanted === undefined ? entrance.ticked : [wanted]
      return signInPage(entrance, refusal, { place: formatRoute(route), ticked })
    }
    const now = Date.now()
    if (route.page === 'fleet') return fleetPage({ state, filter, signIn: entrance.signIn, now })
    if (route.page === 'app') {
      const row = state.app ?? state.apps.get(appKey(route))
      const latest = state.apps.get(appKey(route))
      if (row !== undefined)
        return appPage(state, {
          ...row,
          ...(latest === undefined ? {} : { ...latest, pods: row.pods }),
        })
      return missing(`${route.namespace}/${route.app}`, route.cluster, state)
    }
    const row = currentSet()
    if (row === undefined) return missing(route.set, route.cluster, state)
    return setPage({ state, row, ...beside, filter: podFilter, now })
  }

  const draw = (): void => {
    document.title = titleOf(route, currentSet())
    morphContent(byId('bar'), [...bar({ session, link, route, now: Date.now() })])
    morphContent(byId('content'), [...content()])
    const row = currentSet()
    if (session !== undefined && row !== undefined) {
      podTable.show(
        filterPods(state.pods.values(), row.latestRevision, podFilter),
        row.latestRevision,
      )
      readBeside(row)
    }
  }
  let isDue = false
  const redraw = (): void => {
    if (isDue) return
    isDue = true
    requestAnimationFrame(() => {
      isDue = false
      draw()
    })
  }

  const readBeside = (row: SetRow): void => {
    const { cluster, set, generation, phase, lastCommand } = row
    const stamp = JSON.stringify([generation, phase, row.sentence, lastCommand?.at, row.step])
    if (beside.readAt === stamp || link !== 'live') return
    beside.readAt = stamp
    const path = `/api/clusters/${encodeURIComponent(cluster)}/sets/${encodeURIComponent(set)}`
    const mine = beside
    const keep = (change: Partial<Beside>): void => {
      Object.assign(mine, change)
      redraw()
    }
    const ignore = (): void => undefined
    // Secondary: what could not be read is left out, and read again with the next change.
    get(`${path}/history`).then((history) => {
      keep({ history: history as HistoryDocument })
    }, ignore)
    if (phase === 'Complete') {
      mine.why = undefined
      return
    }
    get(`${path}/why`).then((why) => {
      keep({ why: why as Why })
    }, ignore)
  }

  const listen = (): void => {
    stopListening()
    forgetFocus(state)
    beside = nothingBeside()
    stopListening = listenLive({
      path: streamPath(route),
      onEvent: (event, data) => {
        take(state, event, data)
        if (state.ended !== undefined) leave(state.ended)
        redraw()
      },
      onLink: (next) => {
        link = next
        if (next === 'live') beginAnew(state)
        redraw()
      },
      onRefused: () => void checkSession(),
    })
  }

  const leave = (why: Refusal): void => {
    stopListening()
    beginAnew(state)
    session = undefined
    refusal = why
    state.ended = undefined
    redraw()
  }

  const enter = (row: unknown): void => {
    session = holdSession(row as SessionRow)
    entrance = session
    wanted = undefined
    refusal = undefined
    listen()
    redraw()
  }

  /** Why did the stream end? A console that is away is waited for; one that refuses is not. */
  const checkSession = async (): Promise<void> => {
    try {
      session = holdSession((await get('/api/session')) as SessionRow)
    } catch (error) {
      if (error instanceof Refused && error.status === 401) {
        entrance = entranceOf(error.refusal) ?? entrance
        leave(error.refusal)
      }
    }
  }

  const tell = (sentence: string): void => {
    const told = byId('told')
    told.replaceChildren(h('p', {}, sentence))
    window.setTimeout(() => {
      told.replaceChildren()
    }, 8_000)
  }

  const actOnSet = (verb: Act, to: string | undefined): void => {
    const row = currentSet()
    if (row === undefined) return
    const { cluster, set, title, seen } = row
    void confirmAct(
      {
        path: `/api/clusters/${encodeURIComponent(cluster)}/sets/${encodeURIComponent(set)}`,
        body: { act: verb, ...(to === undefined ? {} : { to }) },
        word: WORDS[verb],
        of: `${title} in ${cluster}`,
        isDanger: verb === 'abort' || verb === 'rollback',
        asksWhy: true,
        saw: seen,
      },
      tell,
    )
  }

  const switchApp = ({ cluster = '', namespace = '', app = '' }: DOMStringMap): void => {
    const row = state.apps.get(appKey({ cluster, namespace, app }))
    if (row === undefined) return
    const isOn = row.wanted === 'On'
    const parts = ['clusters', cluster, 'apps', namespace, app].map(encodeURIComponent)
    void confirmAct(
      {
        path: `/api/${parts.join('/')}`,
        body: { on: !isOn },
        word: isOn ? 'Switch off' : 'Switch on',
        of: `interception of ${app} in ${cluster}`,
        isDanger: false,
        asksWhy: false,
        saw: { revision: '', step: 0, generation: row.generation },
      },
      tell,
    )
  }

  const signInWith = (body: object): void => {
    post('/api/session', body).then(enter, (error: unknown) => {
      refusal = refusalOf(error)
      redraw()
    })
  }

  const signInAtProvider = (clusters: readonly FormDataEntryValue[]): void => {
    post('/auth/login', { at: formatRoute(route), clusters }).then(
      (begun) => {
        location.assign((begun as LoginBegun).url)
      },
      (error: unknown) => {
        refusal = refusalOf(error)
        redraw()
      },
    )
  }

  document.addEventListener('click', (event) => {
    const target = event.target instanceof Element ? event.target.closest('button[data-act]') : null
    if (!(target instanceof HTMLElement)) return
    const { act, verb, to } = target.dataset
    if (act === 'set') actOnSet(verb as Act, to)
    else if (act === 'switch') switchApp(target.dataset)
    else if (act === 'token') {
      wanted = target.dataset['cluster']
      leave({ code: 'NotSignedIn', message: '' })
    } else if (act === 'sign-out') {
      const out = { code: 'SignedOut', message: 'you are signed out' }
      remove('/api/session').then(
        () => {
          leave(out)
        },
        () => {
          leave(out)
        },
      )
    }
  })
  document.addEventListener('submit', (event) => {
    const form = event.target
    if (!(form instanceof HTMLFormElement)) return
    const { act } = form.dataset
    if (act !== 'sign-in' && act !== 'sign-in-at-provider') return
    event.preventDefault()
    const ticked = new FormData(form).getAll('cluster')
    if (act === 'sign-in-at-provider') {
      signInAtProvider(ticked)
      return
    }
    const isChoice = entrance.clusters.length > 1
    signInWith({
      token: byId('token', HTMLTextAreaElement).value,
      ...(isChoice ? { clusters: ticked } : {}),
    })
  })
  document.addEventListener('input', (event) => {
    const field = event.target
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement)) return
    const { input } = field.dataset
    if (input === 'filter') filter = field.value
    if (input === 'pods') podFilter = { ...podFilter, text: field.value }
    if (input === 'pod-state') podFilter = { ...podFilter, state: field.value as PodState | '' }
    redraw()
  })
  window.addEventListener('hashchange', () => {
    const key = keyOf(location.hash)
    if (key !== undefined) {
      openWith(key)
      return
    }
    route = parseRoute(location.hash)
    podFilter = { text: '', state: '' }
    filter = ''
    byId('content').replaceChildren()
    if (session !== undefined) listen()
    redraw()
    byId('content').focus({ preventScroll: true })
    window.scrollTo(0, 0)
  })

  const openWith = (key: string): void => {
    // The key is no part of the history.
    history.replaceState(null, '', formatRoute({ page: 'fleet' }))
    route = { page: 'fleet' }
    signInWith({ key })
  }

  // Ages and plots move without anything being told.
  window.setInterval(redraw, 1_000)
  const key = keyOf(location.hash)
  if (key === undefined) {
    get('/api/session').then(enter, (error: unknown) => {
      refusal = refusalOf(error)
      entrance = entranceOf(refusal) ?? entrance
      redraw()
    })
  } else openWith(key)
}

const WORDS: Readonly<Record<Act, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote',
  abort: 'Abort',
  retry: 'Retry',
  rollback: 'Roll back',
}

function nothingBeside(): Beside {
  return { why: undefined, history: undefined, readAt: '' }
}

function titleOf(route: Route, row: SetRow | undefined): string {
  if (route.page === 'fleet') return 'Fleet · Baton'
  if (route.page === 'app') return `${route.app} · Baton`
  if (row === undefined) return `${route.set} · Baton`
  return `${row.title}: ${row.phase} ${row.pods.updated}/${row.pods.matched} · Baton`
}

function missing(what: string, cluster: string, state: State): readonly HTMLElement[] {
  const row = state.clusters.get(cluster)
  const why =
    row === undefined
      ? `Looking for cluster ${cluster}…`
      : row.state === 'connected'
        ? `There is no ${what} in ${cluster}, or it is not known yet.`
        : `${cluster}: ${row.reason === '' ? 'connecting…' : row.reason}`
  return [h('h1', {}, what), notice('info', why)]
}

/** A refusal of who is not signed in says how one does. */
function entranceOf(refusal: Refusal): Entrance | undefined {
  return 'signIn' in refusal && 'clusters' in refusal ? (refusal as Refusal & Entrance) : undefined
}

function refusalOf(error: unknown): Refusal {
  if (error instanceof Refused) return error.refusal
  return { code: 'Unexpected', message: error instanceof Error ? error.message : String(error) }
}
