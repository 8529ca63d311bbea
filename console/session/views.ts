import type { UserView } from '../clusters/userView.ts'
import type { Credential, Session, Sessions } from './sessions.ts'

/** The views of signed-in users: started when first looked at, ended a while after the last look. */
export interface Views {
  of(session: Session): UserView
  /** The same for as long as somebody looks; ends with `release`. */
  look(session: Session): { readonly view: UserView; readonly release: () => void }
  /** Told when a session ends. Gives the unsubscribe. */
  onEnd(id: string, handler: () => void): () => void
  close(): Promise<void>
}

export interface ViewsOptions {
  readonly sessions: Sessions
  readonly start: (credential: Credential) => UserView
  /** How long a view is kept that nobody looks at: a reload must not begin anew. */
  readonly idleMs: number
}

interface Kept {
  readonly view: UserView
  looking: number
  timer: NodeJS.Timeout | undefined
}

export function createViews({ sessions, start, idleMs }: ViewsOptions): Views {
  const kept = new Map<string, Kept>()
  const handlers = new Map<string, Set<() => void>>()
  const closing = new Set<Promise<void>>()
  const close = (id: string): void => {
    const one = kept.get(id)
    if (one === undefined) return
    clearTimeout(one.timer)
    kept.delete(id)
    const closed = one.view.close().finally(() => closing.delete(closed))
    closing.add(closed)
  }
  const rest = (id: string, one: Kept): void => {
    clearTimeout(one.timer)
    if (one.looking > 0) return
    one.timer = setTimeout(() => {
      close(id)
    }, idleMs)
    one.timer.unref()
  }
  const keep = ({ id, credential }: Session): Kept => {
    const one = kept.get(id) ?? { view: start(credential), looking: 0, timer: undefined }
    kept.set(id, one)
    rest(id, one)
    return one
  }
  sessions.onEnd((id) => {
    for (const handler of handlers.get(id) ?? []) handler()
    close(id)
  })
  return {
    of: (session) => keep(session).view,
    look: (session) => {
      const one = keep(session)
      one.looking += 1
      return {
        view: one.view,
        release: () => {
          one.looking -= 1
          rest(session.id, one)
        },
      }
    },
    onEnd: (id, handler) => {
      const all = handlers.get(id) ?? new Set()
      handlers.set(id, all.add(handler))
      return () => {
        all.delete(handler)
        if (all.size === 0) handlers.delete(id)
      }
    },
    close: async () => {
      for (const all of handlers.values()) for (const handler of all) handler()
      for (const id of [...kept.keys()]) close(id)
      await Promise.all(closing)
    },
  }
}
