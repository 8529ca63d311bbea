import type { AppRow } from '../wire.ts'
import { toneChip } from './chips.ts'
import { h } from './dom.ts'
import { isOld, switchOf } from './fleet.ts'
import { count } from './format.ts'
import { badNumber, code, notice, progress, section, table } from './parts.ts'
import type { State } from './state.ts'

/** An app with its pods, machine by machine. */
export function appPage(state: State, row: AppRow): readonly HTMLElement[] {
  const machines = Map.groupBy(row.pods, ({ node }) => (node === '' ? 'no machine yet' : node))
  const sentence = row.conditions.find(({ type }) => type === 'Progressing')?.message ?? ''
  const faults = row.conditions.filter(
    ({ type, status }) => status === 'True' && type !== 'Progressing' && type !== 'Available',
  )
  return [
    h(
      'div',
      { class: 'head', 'data-key': 'head' },
      h(
        'div',
        {},
        h(
          'h1',
          {},
          row.app,
          ' ',
          h('span', { class: 'in' }, `in ${row.namespace}, ${row.cluster}`),
        ),
        h('p', { class: 'lead' }, sentence),
      ),
      h('div', { class: 'acts' }, switchOf(row)),
    ),
    ...(isOld(row.cluster, state)
      ? [notice('warn', 'What you see is old: the cluster is not connected.')]
      : []),
    ...state.notes.map((note) => notice('warn', note)),
    ...faults.map(({ type, message }) => notice('warn', `${type}: ${message}`)),
    h(
      'div',
      { class: 'cards few', 'data-key': 'cards' },
      h(
        'div',
        { class: 'card' },
        h('h2', {}, 'Interception'),
        progress(row.enabled, row.matched, 'Intercepted pods'),
        h(
          'dl',
          { class: 'facts' },
          h('dt', {}, 'Machines'),
          h('dd', {}, row.machines ?? 'all'),
          h('dt', {}, 'Direct'),
          h('dd', {}, count(row.disabled)),
          h('dt', {}, 'Switching'),
          h('dd', {}, count(row.switching)),
          h('dt', {}, 'Failed'),
          h('dd', {}, badNumber(row.failed)),
          h('dt', {}, 'Bypassed'),
          h('dd', {}, badNumber(row.bypassed)),
        ),
      ),
    ),
    ...[...machines].toSorted().map(([node, pods]) => machine(node, pods)),
    h(
      'p',
      { class: 'quiet', 'data-key': 'terminal' },
      'The same in a terminal: ',
      code(
        `kubectl baton intercept status --app ${row.app} -n ${row.namespace} --context ${row.cluster}`,
      ),
    ),
  ]
}

type PodRow = AppRow['pods'][number]

function machine(node: string, pods: readonly PodRow[]): HTMLElement {
  const on = pods.filter(({ state }) => state === 'On').length
  return section(
    `${node}: ${count(on)} of ${count(pods.length)} intercepted`,
    `machine-${node}`,
    table<PodRow>(
      `Pods on ${node}`,
      [
        { title: 'Pod', cell: ({ pod }) => pod },
        {
          title: 'Ready',
          cell: ({ ready }) => toneChip(ready ? 'good' : 'bad', ready ? 'ready' : 'not ready'),
        },
        { title: 'Told', cell: ({ ordered }) => ordered },
        { title: 'State', cell: ({ state, phase }) => stateChip(state, phase) },
        { title: 'Rules', kind: 'minor', cell: ({ rules }) => rulesText(rules) },
        {
          title: 'Probe',
          kind: 'minor',
          cell: ({ probe }) =>
            probe === undefined ? '' : `out ${probe.outbound}, in ${probe.inbound}`,
        },
        {
          title: 'What was seen',
          kind: 'wide',
          cell: ({ message, result, switchable }) =>
            switchable
              ? (message ?? result ?? '')
              : 'injected without interception: create the pod anew',
        },
      ],
      pods.map((row) => ({ key: row.pod, row })),
    ),
  )
}

function stateChip(state: string, phase: string | undefined): HTMLElement {
  const tone =
    state === 'On' || state === 'Off'
      ? 'good'
      : state === 'Failed' || state === 'Bypassed'
        ? 'bad'
        : 'busy'
  return toneChip(
    state === 'Unknown' ? 'plain' : tone,
    phase === undefined ? state : `${state}: ${phase}`,
  )
}

function rulesText(rules: PodRow['rules']): string {
  if (rules === undefined) return ''
  const families = [...(rules.v4 === '' ? [] : ['IPv4']), ...(rules.v6 === '' ? [] : ['IPv6'])]
  return families.length === 0 ? 'none' : families.join(', ')
}
