import type { AgentStatus } from '../../api/agentStatus.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import { orAborted } from '../../runtime/clock/orAborted.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { bootsOf } from './rollout/podStatus.ts'
import type { PodView } from './rollout/podView.ts'

/**
 * Asks the agents of pods in flight again and again, beside the reconciles, which take the latest
 * answers and never wait: a slow agent holds nobody up, and a thousand pods in flight cost no more
 * requests a second than a hundred.
 */
export interface AgentWatch {
  readonly name: string
  run(signal: AbortSignal): Promise<void>
  /**
   * These pods of a set are asked from now on, and no others. Gives the last answers, by pod key; no
   * answer, no entry.
   */
  follow(set: string, views: readonly PodView[]): ReadonlyMap<string, AgentStatus>
}

export interface AgentWatchOptions {
  readonly agents: AgentClient
  readonly clock: Clock
  /** An agent says something new. */
  readonly onNews: (set: string) => void
  /** Between two questions to one agent; half of it once its slot has restarted. Defaults to 300. */
  readonly pollMs?: number
  /** Asked at the same time. Defaults to 32. */
  readonly atATime?: number
}

/** Hundreds of naps a second end early: an error with its stack for each would be waste. */
const AWAKE = 'awake'
/** On top for each pod in flight; five times as much while a slot has not restarted, as far as is known. */
const SPREAD_MS = 0.3

interface Entry {
  readonly set: string
  view: PodView
  dueAt: number
  asking: boolean
  answer: AgentStatus | undefined
  /** What of the answer matters, to tell news from repetition. */
  said: string
}

export function createAgentWatch(options: AgentWatchOptions): AgentWatch {
  const { agents, clock, onNews, pollMs = 300, atATime = 32 } = options
  const entries = new Map<string, Map<string, Entry>>()
  let asking = 0
  let wake = Promise.withResolvers<undefined>()

  const everyMs = ({ view }: Entry, inFlight: number): number =>
    hasRestarted(view) ? pollMs / 2 + SPREAD_MS * inFlight : pollMs + 5 * SPREAD_MS * inFlight

  const ask = async (entry: Entry, inFlight: number, signal: AbortSignal): Promise<void> => {
    entry.asking = true
    asking += 1
    const ip = entry.view.pod.status?.podIP
    const answer = ip === undefined ? undefined : await agents.status(ip, signal)
    asking -= 1
    entry.asking = false
    entry.dueAt = clock.now() + everyMs(entry, inFlight)
    const said = answer === undefined ? '' : JSON.stringify(answer.containers)
    const isNews = said !== entry.said
    entry.answer = answer
    entry.said = said
    // Somebody may have stopped following it meanwhile.
    if (isNews && entries.get(entry.set)?.get(entry.view.key) === entry) onNews(entry.set)
    wake.resolve(undefined)
  }

  /** Begins what is due; gives when to look again, in milliseconds since the epoch. */
  const beginDue = (signal: AbortSignal): number => {
    const all = [...entries.values()].flatMap((one) => [...one.values()])
    const waiting = all.filter((one) => !one.asking)
    const now = clock.now()
    const due = waiting.filter(({ dueAt }) => dueAt <= now).sort((a, b) => a.dueAt - b.dueAt)
    for (const entry of due) {
      // The end of a question wakes the loop.
      if (asking >= atATime) return Infinity
      void ask(entry, all.length, signal)
    }
    const later = waiting.filter(({ dueAt }) => dueAt > now)
    return later.reduce((soonest, { dueAt }) => Math.min(soonest, dueAt), Infinity)
  }

  return {
    name: 'agent watch',
    run: async (signal) => {
      const isOver = (): boolean => signal.aborted
      while (!isOver()) {
        wake = Promise.withResolvers()
        const nextAt = beginDue(signal)
        const nap = new AbortController()
        const naps = AbortSignal.any([signal, nap.signal])
        const ms = Math.max(0, nextAt - clock.now())
        const timer = ms === Infinity ? orAborted(wake.promise, naps) : clock.sleep(ms, naps)
        await Promise.race([wake.promise, timer])
        nap.abort(AWAKE)
      }
    },
    follow: (set, views) => {
      const before = entries.get(set)
      const after = new Map<string, Entry>()
      const answers = new Map<string, AgentStatus>()
      const now = clock.now()
      for (const view of views) {
        if (view.desired === undefined) continue
        const known = before?.get(view.key)
        const entry = known ?? { set, view, ...NEW, dueAt: now + pollMs }
        // Its slot has restarted, say: the agent may have come further too.
        if (known !== undefined && known.view.pod !== view.pod) entry.dueAt = now
        entry.view = view
        after.set(view.key, entry)
        if (entry.answer !== undefined) answers.set(view.key, entry.answer)
      }
      if (after.size === 0) entries.delete(set)
      else entries.set(set, after)
      wake.resolve(undefined)
      return answers
    },
  }
}

const NEW = { asking: false, answer: undefined, said: '' } as const

/** By the pod's status, which may be a second late. */
function hasRestarted({ pod, desired }: PodView): boolean {
  return Object.values(desired?.containers ?? {}).every(
    ({ active, minBoot }) => bootsOf(pod, active) >= (minBoot[active] ?? 0),
  )
}
