import type { Why } from '../../cli/why/whyShape.ts'
import type { HistoryDocument, SeriesPoint, SetRow, TimelineEntry } from '../wire.ts'
import { phaseChip } from './chips.ts'
import { h, s } from './dom.ts'
import { isOld } from './fleet.ts'
import { ageOf, count, shortImage } from './format.ts'
import { judgement } from './judgement.ts'
import { badNumber, code, hash, notice, progress, section, table } from './parts.ts'
import { growthOf, lineOf } from './plot.ts'
import { podTools } from './podTable.ts'
import type { PodFilter } from './podTable.ts'
import type { State } from './state.ts'

export interface SetInput {
  readonly state: State
  readonly row: SetRow
  readonly why: Why | undefined
  readonly history: HistoryDocument | undefined
  readonly filter: PodFilter
  readonly now: number
}

/** One set with its pods, as its rollout proceeds. */
export function setPage(input: SetInput): readonly HTMLElement[] {
  const { state, row, why, history, now } = input
  const cluster = state.clusters.get(row.cluster)
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
          row.title,
          ' ',
          h('span', { class: 'in' }, `${row.isGateway ? 'gateway ' : ''}in ${row.cluster}`),
        ),
        h('p', { class: 'lead' }, phaseChip(row.phase), ' ', h('span', {}, row.sentence)),
      ),
      actionBar(row),
    ),
    ...(isOld(row.cluster, state)
      ? [
          notice(
            'warn',
            `What you see is old: ${cluster?.reason ?? 'the cluster is not connected'}`,
          ),
        ]
      : []),
    ...state.notes.map((note) => notice('warn', note)),
    h(
      'div',
      { class: 'cards', 'data-key': 'cards' },
      progressCard(row),
      stepsCard(row),
      revisionCard(row),
      plotCard(state.series, now),
    ),
    ...(why?.blocked === true ? [whyPart(why)] : []),
    ...judgement(row),
    section(
      'Pods',
      'pods',
      podTools(state, row, input.filter),
      h('div', { id: 'pod-box', 'data-own': true }),
    ),
    section('Who did what', 'timeline', timeline(history, now)),
    section('Revisions', 'revisions', revisions(row, history, now)),
    h(
      'p',
      { class: 'quiet', 'data-key': 'terminal' },
      'The same in a terminal: ',
      code(
        `kubectl baton status ${row.isGateway ? 'gateway/' : ''}${row.title} --watch --context ${row.cluster}`,
      ),
    ),
  ]
}

const ACTS = [
  { act: 'resume', word: 'Resume', tone: 'main' },
  { act: 'pause', word: 'Pause', tone: '' },
  { act: 'promote', word: 'Promote', tone: '' },
  { act: 'retry', word: 'Retry', tone: '' },
  { act: 'abort', word: 'Abort', tone: 'danger' },
  { act: 'rollback', word: 'Roll back', tone: 'danger' },
] as const

function actionBar(row: SetRow): HTMLElement {
  const offered = ACTS.filter(({ act }) => row.offers.includes(act))
  return h(
    'div',
    { class: 'acts', role: 'group', 'aria-label': `Act on ${row.title}` },
    offered.map(({ act, word, tone }) =>
      h(
        'button',
        { type: 'button', class: tone, 'data-act': 'set', 'data-verb': act, 'data-key': act },
        word,
      ),
    ),
  )
}

function card(title: string, ...children: Parameters<typeof h>[2][]): HTMLElement {
  return h('div', { class: 'card', 'data-key': title }, h('h2', {}, title), children)
}

function progressCard({ title, pods, handovers }: SetRow): HTMLElement {
  const facts: readonly (readonly [string, HTMLElement | string])[] = [
    ['In flight', count(pods.upgrading)],
    ['Ready', `${count(pods.ready)} of ${count(pods.matched)}`],
    ['Failed', badNumber(pods.failed)],
    ['Handovers', count(handovers.completed)],
  ]
  return card(
    'Progress',
    progress(pods.updated, pods.matched, `Updated pods of ${title}`),
    h(
      'dl',
      { class: 'facts' },
      facts.map(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]),
    ),
  )
}

function stepsCard({ steps, step, phase }: SetRow): HTMLElement {
  if (steps.length === 0)
    return card('Steps', h('p', { class: 'quiet' }, 'No canary: all pods, within the budget.'))
  const isDone = step === undefined && phase === 'Complete'
  return card(
    'Steps',
    h(
      'ol',
      { class: 'steps' },
      steps.map(({ replicas, pause, analysis }, index) => {
        const number = index + 1
        const state =
          isDone || (step !== undefined && number < step) ? 'done' : number === step ? 'now' : ''
        const about = [
          replicas,
          ...(pause === undefined ? [] : [`pause ${pause}`]),
          ...(analysis ? ['analysis'] : []),
        ]
        return h(
          'li',
          { class: state, ...(state === 'now' ? { 'aria-current': 'step' } : {}) },
          about.join(', '),
          state === 'done' ? h('span', { class: 'hidden' }, ' (done)') : null,
        )
      }),
    ),
  )
}

function revisionCard({
  latestRevision,
  currentRevision,
  failedRevision,
  images,
}: SetRow): HTMLElement {
  return card(
    'Revision',
    h(
      'dl',
      { class: 'facts' },
      h('dt', {}, 'Latest'),
      h('dd', {}, hash(latestRevision)),
      h('dt', {}, 'On all pods'),
      h('dd', {}, currentRevision === undefined ? 'none yet' : hash(currentRevision)),
      failedRevision === undefined
        ? null
        : [h('dt', {}, 'Failed'), h('dd', {}, hash(failedRevision))],
    ),
    h(
      'ul',
      { class: 'images' },
      images.map((image) => h('li', { title: image }, code(shortImage(image)))),
    ),
  )
}

const PLOT = { width: 260, height: 44 } as const

function plotCard(series: readonly SeriesPoint[], now: number): HTMLElement {
  const cut = growthOf(series, (point) => point.cut)
  return card(
    'Connections, last 5 minutes',
    plot('draining', 'Still on old processes', series, ({ left }) => left, now),
    plot(
      'drained',
      'Ended by themselves',
      series,
      (point) => point.drained - (series[0]?.drained ?? 0),
      now,
    ),
    plot('cut', 'Cut', series, (point) => point.cut - (series[0]?.cut ?? 0), now),
    cut > 0 ? h('p', { class: 'bad-number' }, `${count(cut)} cut since you look`) : null,
  )
}

function plot(
  kind: string,
  label: string,
  series: readonly SeriesPoint[],
  valueOf: (point: SeriesPoint) => number,
  now: number,
): HTMLElement {
  const { path, top, last } = lineOf(series, valueOf, { ...PLOT, now })
  const { width, height } = PLOT
  return h(
    'figure',
    { class: `plot ${kind}` },
    h(
      'figcaption',
      {},
      label,
      h('strong', {}, count(last)),
      h('span', { class: 'quiet' }, `most ${count(top)}`),
    ),
    s(
      'svg',
      {
        viewBox: `0 0 ${width} ${height}`,
        preserveAspectRatio: 'none',
        role: 'img',
        'aria-label': `${label}: now ${last}, at most ${top}`,
      },
      s('path', { class: 'base', d: `M0 ${height - 1}H${width}` }),
      path === '' ? null : s('path', { class: 'line', d: path }),
    ),
  )
}

function whyPart({ rule, sentence, change }: Why): HTMLElement {
  return h(
    'section',
    { class: 'why-box', 'data-key': 'why', 'aria-label': 'Why it does not go on' },
    h('p', {}, h('strong', {}, `Held up by ${rule}: `), sentence),
    change === undefined
      ? null
      : h(
          'ul',
          {},
          change.line === undefined
            ? null
            : h('li', {}, 'Change ', code(change.field ?? ''), ': write ', code(change.line)),
          change.advice === undefined ? null : h('li', {}, change.advice),
          change.command === undefined ? null : h('li', {}, 'Type ', code(change.command)),
        ),
  )
}

function timeline(history: HistoryDocument | undefined, now: number): HTMLElement {
  if (history === undefined) return h('p', { class: 'quiet' }, 'Loading…')
  if (history.timeline.length === 0) return h('p', { class: 'quiet' }, 'Nothing is on record.')
  const entry = ({ at, who, what, sentence, tone }: TimelineEntry): HTMLElement =>
    h(
      'li',
      { class: tone },
      h('time', { datetime: at, title: at }, `${ageOf(at, now)} ago`),
      h('span', { class: 'who' }, who),
      h('span', { class: 'what' }, what),
      h('span', { class: 'said' }, sentence),
    )
  return h('ol', { class: 'timeline' }, history.timeline.map(entry))
}

function revisions(row: SetRow, history: HistoryDocument | undefined, now: number): HTMLElement {
  const all = history?.revisions ?? []
  if (all.length === 0)
    return h('p', { class: 'quiet' }, 'None is on record, or you may not read them.')
  const mayGoBack = row.offers.includes('rollback')
  return table(
    'Revisions',
    [
      { title: 'Number', kind: 'number', cell: ({ number }) => String(number) },
      { title: 'Revision', cell: ({ revision }) => hash(revision) },
      { title: 'Role', cell: ({ roles }) => roles.join(', ') },
      { title: 'Images', kind: 'wide', cell: ({ images }) => images.map(shortImage).join(', ') },
      {
        title: 'Kept',
        kind: 'minor',
        cell: ({ created }) => (created === undefined ? '' : `${ageOf(created, now)} ago`),
      },
      {
        title: 'Go back',
        cell: ({ revision, number }) =>
          mayGoBack && revision !== row.latestRevision
            ? h(
                'button',
                {
                  type: 'button',
                  class: 'small',
                  'data-act': 'set',
                  'data-verb': 'rollback',
                  'data-to': revision,
                  'aria-label': `Roll back to it: number ${number}`,
                },
                'Roll back to it',
              )
            : null,
      },
    ],
    all.map((one) => ({ key: one.revision, row: one })),
  )
}
