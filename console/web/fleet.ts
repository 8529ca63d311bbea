import type { AppRow, ClusterRow, SetRow, SignIn } from '../wire.ts'
import { clusterChip, phaseChip, toneChip } from './chips.ts'
import { h } from './dom.ts'
import { ageOf, count, many } from './format.ts'
import { badNumber, hash, notice, progress, section, table } from './parts.ts'
import { formatRoute } from './route.ts'
import type { State } from './state.ts'
import { appKey, setKey } from './state.ts'

export interface FleetInput {
  readonly state: State
  readonly filter: string
  readonly signIn: SignIn
  readonly now: number
}

/** All clusters at a glance. */
export function fleetPage(input: FleetInput): readonly HTMLElement[] {
  const { state, filter } = input
  const clusters = [...state.clusters.values()].toSorted(by(({ cluster }) => cluster))
  const wanted = filter.trim().toLowerCase()
  const fits = (...texts: readonly string[]): boolean =>
    texts.some((text) => text.toLowerCase().includes(wanted))
  const sets = [...state.sets.values()]
    .filter(({ title, cluster, phase }) => fits(title, cluster, phase))
    .toSorted(by(({ phase, title }) => `${URGENCY[phase] ?? 5}${title}`))
  const apps = [...state.apps.values()]
    .filter(({ app, cluster, namespace }) => fits(app, cluster, namespace))
    .toSorted(by(({ app, namespace }) => `${namespace}/${app}`))
  return [
    h('h1', { 'data-key': 'h1' }, 'Fleet'),
    h('p', { class: 'lead', 'data-key': 'lead' }, leadOf(clusters, [...state.sets.values()])),
    section('Clusters', 'clusters', clusterTable(clusters, input)),
    section(
      'SidecarSets and gateways',
      'sets',
      h(
        'div',
        { class: 'tools' },
        h('label', { for: 'filter', class: 'hidden' }, 'Filter sets and apps'),
        h('input', {
          id: 'filter',
          type: 'search',
          placeholder: 'Filter by name, cluster or state',
          autocomplete: 'off',
          'data-input': 'filter',
        }),
      ),
      sets.length === 0 ? empty(filter, 'set', clusters) : setTable(sets, state),
    ),
    section(
      'Traffic interception',
      'apps',
      apps.length === 0 ? empty(filter, 'app', clusters) : appTable(apps, state),
    ),
  ]
}

/** What goes on first, what is done last. */
const URGENCY: Readonly<Record<string, number>> = {
  Failed: 0,
  RollingBack: 0,
  RolledBack: 1,
  Paused: 2,
  Progressing: 2,
  Unobserved: 3,
  Partitioned: 4,
}

function leadOf(clusters: readonly ClusterRow[], sets: readonly SetRow[]): string {
  const away = clusters.filter(
    ({ state }) => state !== 'connected' && state !== 'connecting',
  ).length
  const going = sets.filter(
    ({ phase }) => phase === 'Progressing' || phase === 'RollingBack',
  ).length
  const stuck = sets.filter(({ phase }) => phase === 'Failed' || phase === 'RolledBack').length
  const sum = (valueOf: (row: SetRow) => number): number =>
    sets.reduce((total, row) => total + valueOf(row), 0)
  return [
    many(clusters.length, 'cluster') + (away === 0 ? '' : ` (${away} not to be seen)`),
    many(sets.length, 'set'),
    `${going} rolling out`,
    ...(stuck === 0 ? [] : [`${stuck} failed`]),
    many(
      sum(({ pods }) => pods.matched),
      'pod',
    ),
    `${count(sum(({ handovers }) => handovers.connectionsCut))} connections cut so far`,
  ].join(' · ')
}

function clusterTable(clusters: readonly ClusterRow[], { state, signIn, now }: FleetInput) {
  const setsOf = ({ cluster }: ClusterRow): readonly SetRow[] =>
    [...state.sets.values()].filter((set) => set.cluster === cluster)
  const sum = (cluster: ClusterRow, valueOf: (row: SetRow) => number): number =>
    setsOf(cluster).reduce((total, row) => total + valueOf(row), 0)
  return table<ClusterRow>(
    'Clusters',
    [
      { title: 'Cluster', cell: ({ cluster }) => cluster },
      {
        title: 'State',
        kind: 'wide',
        cell: (row) =>
          h(
            'span',
            { class: 'state' },
            clusterChip(row.state),
            row.state === 'connected' || row.state === 'connecting'
              ? null
              : h(
                  'span',
                  { class: 'why clip', title: row.reason },
                  `for ${ageOf(row.since, now)}: ${row.reason}`,
                ),
            row.state === 'signedOut' && signIn === 'token'
              ? h(
                  'button',
                  {
                    type: 'button',
                    class: 'small',
                    'data-act': 'token',
                    'data-cluster': row.cluster,
                  },
                  'Give a token',
                )
              : null,
          ),
      },
      { title: 'You are', kind: 'minor', cell: ({ user }) => user },
      { title: 'Kubernetes', kind: 'minor', cell: ({ version }) => version },
      { title: 'Sets', kind: 'number', cell: (row) => count(setsOf(row).length) },
      { title: 'Pods', kind: 'number', cell: (row) => count(sum(row, ({ pods }) => pods.matched)) },
      {
        title: 'In flight',
        kind: 'number',
        cell: (row) => count(sum(row, ({ pods }) => pods.upgrading)),
      },
      {
        title: 'Failed',
        kind: 'number',
        cell: (row) => badNumber(sum(row, ({ pods }) => pods.failed)),
      },
      {
        title: 'Answers in',
        kind: 'number',
        cell: ({ latencyMs }) => (latencyMs === undefined ? '' : `${latencyMs} ms`),
      },
    ],
    clusters.map((row) => ({ key: row.cluster, row })),
  )
}

function setTable(sets: readonly SetRow[], state: State): HTMLElement {
  return table<SetRow>(
    'SidecarSets and gateways',
    [
      {
        title: 'Set',
        cell: (row) => [
          h('a', { href: formatRoute({ page: 'set', ...row }) }, row.title),
          row.isGateway ? h('span', { class: 'tag' }, 'gateway') : null,
        ],
      },
      { title: 'Cluster', cell: ({ cluster }) => cluster },
      { title: 'State', cell: ({ phase }) => phaseChip(phase) },
      { title: 'Revision', kind: 'minor', cell: ({ latestRevision }) => hash(latestRevision) },
      { title: 'Step', cell: stepText },
      {
        title: 'Updated',
        cell: ({ title, pods }) => progress(pods.updated, pods.matched, `Updated pods of ${title}`),
      },
      { title: 'In flight', kind: 'number', cell: ({ pods }) => count(pods.upgrading) },
      { title: 'Failed', kind: 'number', cell: ({ pods }) => badNumber(pods.failed) },
      {
        title: 'Cut',
        kind: 'number',
        cell: ({ handovers }) => badNumber(handovers.connectionsCut),
      },
      {
        title: 'What goes on',
        kind: 'wide',
        cell: ({ sentence }) => h('span', { class: 'why clip', title: sentence }, sentence),
      },
    ],
    sets.map((row) => ({ key: setKey(row), row, dim: isOld(row.cluster, state) })),
  )
}

function appTable(apps: readonly AppRow[], state: State): HTMLElement {
  return table<AppRow>(
    'Apps whose traffic can be intercepted',
    [
      {
        title: 'App',
        cell: (row) => h('a', { href: formatRoute({ page: 'app', ...row }) }, row.app),
      },
      { title: 'Namespace', cell: ({ namespace }) => namespace },
      { title: 'Cluster', cell: ({ cluster }) => cluster },
      { title: 'Machines', kind: 'minor', cell: ({ machines = 'all' }) => machines },
      { title: 'Wanted', cell: switchOf },
      {
        title: 'Intercepted',
        cell: ({ app, enabled, matched }) =>
          progress(enabled, matched, `Intercepted pods of ${app}`),
      },
      { title: 'Switching', kind: 'number', cell: ({ switching }) => count(switching) },
      { title: 'Failed', kind: 'number', cell: ({ failed }) => badNumber(failed) },
      { title: 'Bypassed', kind: 'number', cell: ({ bypassed }) => badNumber(bypassed) },
    ],
    apps.map((row) => ({ key: appKey(row), row, dim: isOld(row.cluster, state) })),
  )
}

/** The switch of an app, or its state for who may not switch it. */
export function switchOf(row: AppRow): HTMLElement {
  const isOn = row.wanted === 'On'
  if (!row.maySwitch) return toneChip(isOn ? 'good' : 'plain', row.wanted)
  return h(
    'button',
    {
      type: 'button',
      role: 'switch',
      class: 'switch',
      'aria-checked': String(isOn),
      'aria-label': `Intercept ${row.app} in ${row.namespace}, ${row.cluster}`,
      'data-act': 'switch',
      'data-cluster': row.cluster,
      'data-namespace': row.namespace,
      'data-app': row.app,
    },
    h('span', { class: 'knob' }),
    h('span', {}, row.wanted),
  )
}

export function stepText({ step, steps }: SetRow): string {
  if (steps.length === 0) return ''
  return step === undefined ? `${steps.length} steps` : `${step} of ${steps.length}`
}

/** What is shown was seen before the cluster went away. */
export function isOld(cluster: string, state: State): boolean {
  return state.clusters.get(cluster)?.state !== 'connected'
}

function empty(filter: string, what: string, clusters: readonly ClusterRow[]): HTMLElement {
  if (clusters.some(({ state }) => state === 'connecting')) return notice('info', 'Looking…')
  return notice('info', filter === '' ? `There is no ${what} yet.` : `No ${what} fits “${filter}”.`)
}

function by<T>(keyOf: (row: T) => string): (left: T, right: T) => number {
  return (left, right) => {
    const [a, b] = [keyOf(left), keyOf(right)]
    return a < b ? -1 : a > b ? 1 : 0
  }
}
