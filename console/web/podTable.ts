import type { PodRow, SetRow } from '../wire.ts'
import type { PodState } from './chips.ts'
import { POD_STATES, podChip, podState, podWord, slotChip } from './chips.ts'
import { byId, h } from './dom.ts'
import { count, shortImage } from './format.ts'
import { hash } from './parts.ts'
import type { State } from './state.ts'
import { windowOf } from './virtual.ts'

export interface PodFilter {
  readonly text: string
  readonly state: PodState | ''
}

/** How the pods are spread over states, and what narrows them. */
export function podTools(state: State, row: SetRow, filter: PodFilter): HTMLElement {
  const counts = new Map<PodState, number>()
  for (const pod of state.pods.values()) {
    const one = podState(pod, row.latestRevision)
    counts.set(one, (counts.get(one) ?? 0) + 1)
  }
  const option = (value: PodState | '', text: string): HTMLElement =>
    h('option', { value, selected: filter.state === value }, text)
  return h(
    'div',
    { class: 'tools' },
    h('label', { for: 'pod-text', class: 'hidden' }, 'Filter pods'),
    h('input', {
      id: 'pod-text',
      type: 'search',
      placeholder: 'Filter by pod, workload or node',
      autocomplete: 'off',
      'data-input': 'pods',
    }),
    h('label', { for: 'pod-state', class: 'hidden' }, 'State of the pods'),
    h(
      'select',
      { id: 'pod-state', 'data-input': 'pod-state' },
      option('', 'All states'),
      POD_STATES.map((one) => option(one, `${podWord(one)} (${count(counts.get(one) ?? 0)})`)),
    ),
    h(
      'span',
      { class: 'quiet', id: 'pod-count', 'data-key': 'count' },
      `${count(state.pods.size)} pods${state.podsComplete ? '' : ', more to come'}`,
    ),
  )
}

/** The rows that fit, the ones that move first. */
export function filterPods(
  pods: Iterable<PodRow>,
  latest: string,
  { text, state }: PodFilter,
): readonly PodRow[] {
  const wanted = text.trim().toLowerCase()
  const found: { readonly pod: PodRow; readonly rank: number }[] = []
  for (const pod of pods) {
    const one = podState(pod, latest)
    if (state !== '' && one !== state) continue
    if (wanted !== '' && !`${pod.key} ${pod.workload} ${pod.node}`.toLowerCase().includes(wanted))
      continue
    found.push({ pod, rank: POD_STATES.indexOf(one) })
  }
  return found
    .toSorted((left, right) => left.rank - right.rank || (left.pod.key < right.pod.key ? -1 : 1))
    .map(({ pod }) => pod)
}

/** A list of any length: only what can be seen is drawn. */
export interface PodTable {
  show(pods: readonly PodRow[], latest: string): void
}

const COLUMNS = ['Pod', 'Workload', 'Node', 'State', 'Slots', 'Handover'] as const

/** Draws into the box that the page keeps for it. */
export function createPodTable(): PodTable {
  const rows = h('div', { class: 'pod-rows', role: 'rowgroup' })
  const filler = h('div', { class: 'filler', 'aria-hidden': 'true' })
  const scroller = h(
    'div',
    { class: 'pod-table', role: 'table', 'aria-label': 'Pods', tabindex: 0 },
    h(
      'div',
      { class: 'pod-row pod-head', role: 'row' },
      COLUMNS.map((title) => h('span', { role: 'columnheader' }, title)),
    ),
    rows,
    filler,
  )
  const narrow = window.matchMedia('(max-width: 45rem)')
  let pods: readonly PodRow[] = []
  let latest = ''
  const draw = (): void => {
    const rowHeight = narrow.matches ? 78 : 34
    const { first, end } = windowOf({
      scrollTop: scroller.scrollTop,
      height: Math.max(scroller.clientHeight, 400),
      rowHeight,
      count: pods.length,
    })
    filler.style.height = `${pods.length * rowHeight}px`
    rows.style.transform = `translateY(${first * rowHeight}px)`
    const drawn = pods.slice(first, end).map((pod, index) => rowOf(pod, latest, first + index))
    rows.replaceChildren(...drawn)
    scroller.setAttribute('aria-rowcount', String(pods.length + 1))
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
  scroller.addEventListener('scroll', redraw, { passive: true })
  narrow.addEventListener('change', redraw)
  return {
    show: (next, revision) => {
      const box = byId('pod-box')
      if (scroller.parentElement !== box) box.replaceChildren(scroller)
      pods = next
      latest = revision
      scroller.classList.toggle('nothing', pods.length === 0)
      draw()
    },
  }
}

function rowOf(pod: PodRow, latest: string, index: number): HTMLElement {
  const [namespace = '', name = ''] = pod.key.split('/')
  const cells = [
    h(
      'span',
      { role: 'cell', class: 'pod-name', title: pod.key },
      h('span', { class: 'quiet' }, `${namespace}/`),
      name,
    ),
    h('span', { role: 'cell', class: 'minor', title: pod.workload }, pod.workload),
    h('span', { role: 'cell', class: 'minor', title: pod.node }, pod.node),
    h('span', { role: 'cell' }, podChip(podState(pod, latest)), ' ', hash(pod.revision)),
    h('span', { role: 'cell', class: 'slots' }, slotsOf(pod)),
    h('span', { role: 'cell', class: 'handover', title: pod.result }, handoverOf(pod)),
  ]
  return h(
    'div',
    { class: 'pod-row', role: 'row', 'aria-rowindex': index + 2, 'data-pod': pod.key },
    cells,
  )
}

function slotsOf({ containers }: PodRow): readonly HTMLElement[] {
  return containers.flatMap(({ slots }) =>
    slots.map(({ slot, image, state }) =>
      h(
        'span',
        { class: 'slot', title: `${slot}: ${image}` },
        slotChip(state),
        ' ',
        shortImage(image),
      ),
    ),
  )
}

function handoverOf({ containers, result = '' }: PodRow): string {
  const told = containers.flatMap(({ handover }) =>
    handover === undefined || handover.phase === 'Settled'
      ? []
      : [
          `${handover.phase}: ${handover.connectionsLeft} left, ${handover.connectionsDrained} drained, ${handover.connectionsCut} cut`,
        ],
  )
  return told.length === 0 ? result : told.join('; ')
}
