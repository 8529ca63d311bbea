import type { ActPreview, Done, Seen } from '../wire.ts'
import { post, Refused } from './api.ts'
import type { Child } from './dom.ts'
import { byId, h } from './dom.ts'

export interface Wish {
  /** Path of the set or app, without /preview and /act. */
  readonly path: string
  /** What the server is asked for. */
  readonly body: Readonly<Record<string, string | boolean>>
  /** Of the dialog and of its button: `Promote`. */
  readonly word: string
  /** `mesh in east` */
  readonly of: string
  readonly isDanger: boolean
  /** May a reason be given? Not for switches. */
  readonly asksWhy: boolean
  /** What was on the screen when the button was pressed. */
  readonly saw: Seen
}

/** Asks what the act would do, lets the user confirm it, and carries it out. */
export async function confirmAct(wish: Wish, onDone: (sentence: string) => void): Promise<void> {
  const dialog = byId('dialog', HTMLDialogElement)
  show(dialog, wish, h('p', { class: 'quiet' }, 'Asking what it would do…'))
  let preview: ActPreview
  try {
    preview = (await post(`${wish.path}/preview`, wish.body)) as ActPreview
  } catch (error) {
    show(dialog, wish, complaint(error))
    return
  }
  const reason = h('input', {
    id: 'reason',
    maxlength: 200,
    autocomplete: 'off',
  }) as HTMLInputElement
  const go = h(
    'button',
    { type: 'submit', class: wish.isDanger ? 'danger' : 'main', value: 'go' },
    wish.word,
  ) as HTMLButtonElement
  const form = h(
    'form',
    { method: 'dialog' },
    h('p', { id: 'scope' }, `This will ${preview.what}.`),
    h('p', { class: 'quiet' }, seenText(wish)),
    preview.notes.map((note) => h('p', { class: 'notice warn' }, note)),
    wish.asksWhy ? [h('label', { for: 'reason' }, 'Why (kept on record)'), reason] : null,
    h('div', { id: 'outcome', role: 'alert' }),
    h('div', { class: 'acts' }, closer(dialog, 'Cancel'), go),
  )
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    go.disabled = true
    const body = { ...wish.body, seen: wish.saw, ...(wish.asksWhy ? { reason: reason.value } : {}) }
    post(`${wish.path}/act`, body).then(
      (done) => {
        dialog.close()
        onDone((done as Done).sentence)
      },
      (error: unknown) => {
        // Whoever was refused looks again before they decide anew.
        go.remove()
        byId('outcome').replaceChildren(complaint(error))
      },
    )
  })
  show(dialog, wish, form)
  go.focus()
}

function show(dialog: HTMLDialogElement, { word, of }: Wish, content: Child): void {
  const hasForm = content instanceof HTMLFormElement
  const parts: Child[] = [h('h2', { id: 'dialog-title' }, `${word} ${of}`), content]
  if (!hasForm) parts.push(h('div', { class: 'acts' }, closer(dialog, 'Close')))
  dialog.replaceChildren(...parts.filter((part) => part instanceof Node))
  if (!dialog.open) dialog.showModal()
}

function closer(dialog: HTMLDialogElement, word: string): HTMLElement {
  const button = h('button', { type: 'button' }, word)
  button.addEventListener('click', () => {
    dialog.close()
  })
  return button
}

function seenText({ saw }: Wish): string {
  const { revision, step, generation } = saw
  if (revision === '') return `You decide on what you see: generation ${generation}.`
  const at = step === 0 ? '' : `, step ${step}`
  return `You decide on what you see: revision ${revision}${at}. Should it have moved, nothing is done.`
}

function complaint(error: unknown): HTMLElement {
  const text = error instanceof Error ? error.message : String(error)
  const code = error instanceof Refused ? error.refusal.code : ''
  return h('p', { class: 'notice warn', 'data-code': code }, text)
}
