import type { Child } from './dom.ts'
import { h } from './dom.ts'
import { count } from './format.ts'

/** A part of the page with a heading. */
export function section(title: string, id: string, ...children: Child[]): HTMLElement {
  return h(
    'section',
    { class: 'part', 'aria-labelledby': `${id}-title`, 'data-key': id },
    h('h2', { id: `${id}-title` }, title),
    children,
  )
}

export interface Column<T> {
  readonly title: string
  readonly cell: (row: T) => Child
  /** `number` is set to the right; `wide` takes what is left; `minor` is left out on a phone. */
  readonly kind?: 'number' | 'wide' | 'minor'
}

/** A table for rows of one kind. */
export function table<T>(
  label: string,
  columns: readonly Column<T>[],
  rows: readonly { readonly key: string; readonly row: T; readonly dim?: boolean }[],
): HTMLElement {
  const head = columns.map(({ title, kind = '' }) => h('th', { scope: 'col', class: kind }, title))
  const body = rows.map(({ key, row, dim = false }) =>
    h(
      'tr',
      { 'data-key': key, class: dim ? 'dim' : '' },
      columns.map(({ title, kind = '', cell }, index) =>
        h(
          index === 0 ? 'th' : 'td',
          { class: kind, 'data-title': title, ...(index === 0 ? { scope: 'row' } : {}) },
          cell(row),
        ),
      ),
    ),
  )
  return h(
    'div',
    { class: 'table-box' },
    h('table', { 'aria-label': label }, h('thead', {}, h('tr', {}, head)), h('tbody', {}, body)),
  )
}

/** How much of it is done: a bar and its numbers. */
export function progress(done: number, all: number, label: string): HTMLElement {
  return h(
    'span',
    { class: 'progress' },
    h('progress', { max: Math.max(1, all), value: done, 'aria-label': label }),
    h('span', { class: 'nowrap' }, `${count(done)} / ${count(all)}`),
  )
}

/** A number that matters only when it is not zero. */
export function badNumber(value: number): HTMLElement {
  return h('span', { class: value > 0 ? 'bad-number' : 'zero' }, count(value))
}

export function code(text: string): HTMLElement {
  return h('code', {}, text)
}

/** A hash, whole for who copies it. */
export function hash(text: string): HTMLElement {
  return h('code', { title: text }, text.slice(0, 10))
}

export function notice(kind: 'warn' | 'info', ...children: Child[]): HTMLElement {
  return h('p', { class: `notice ${kind}` }, children)
}
