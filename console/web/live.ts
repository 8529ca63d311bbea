import type { StreamEvent, StreamEvents } from '../wire.ts'

const EVENTS: readonly StreamEvent[] = [
  'cluster',
  'sets',
  'setGone',
  'apps',
  'appGone',
  'pods',
  'series',
  'app',
  'notes',
  'ended',
]

export type Link = 'connecting' | 'live' | 'lost'

export interface LiveOptions {
  readonly path: string
  readonly onEvent: <E extends StreamEvent>(event: E, data: StreamEvents[E]) => void
  readonly onLink: (link: Link) => void
  /** It was refused, or ended: somebody should ask why. */
  readonly onRefused: () => void
}

const RETRY_MS = 2_000

/** Listens until closed; comes back when the link breaks. Gives the close. */
export function listenLive({ path, onEvent, onLink, onRefused }: LiveOptions): () => void {
  let source: EventSource | undefined
  let timer: number | undefined
  const open = (): void => {
    onLink('connecting')
    const one = new EventSource(path)
    source = one
    one.onopen = () => {
      onLink('live')
    }
    one.onerror = () => {
      onLink('lost')
      // The browser gives up when it was refused; else it tries again by itself, but keeps no pace.
      one.close()
      if (one !== source) return
      onRefused()
      timer = window.setTimeout(open, RETRY_MS)
    }
    for (const event of EVENTS) {
      one.addEventListener(event, (message: MessageEvent<string>) => {
        onEvent(event, JSON.parse(message.data) as StreamEvents[typeof event])
      })
    }
  }
  open()
  return () => {
    window.clearTimeout(timer)
    source?.close()
    source = undefined
  }
}
