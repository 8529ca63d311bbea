import type { AgentStatus } from '../../api/agentStatus.ts'
import { perObject } from '../../api/perObject.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import { orAborted } from '../../runtime/clock/orAborted.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { askAfterMs } from './askPace.ts'
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
  /** Before the first question to an agent; see askAfterMs for the others. Defaults to 300. */
  readonly pollMs?: number
  /** Asked at the same time. Defaults to 32. */
  readonly atATime?: number
}

/** What is due is looked for this often, so that thousands of answers are no look each. */
const TICK_MS = 20

interface Entry {
  readonly set: string
  view: PodView
  dueAt: number
  asking: boolean
  answer: AgentStatus | undefined
  /** What of the answer matters, to tell news from repetition. */
  said: string
  /** How far its handovers are, and how many answers have said so. */
  phase: string
  repeats: number
}

export function createAgentWatch(options: AgentWatchOptions): AgentWatch {
  const { agents, clock, onNews, pollMs = 300, atATime = 32 } = options
  const entries = new Map<string, Map<string, Entry>>()
  let asking = 0
  let wake = Promise.withResolvers<undefined>()

  const ask = async (entry: Entry, alike: number, signal: AbortSignal): Promise<void> => {
    entry.asking = true
    asking += 1
    const ip = entry.view.pod.status?.podIP
    const answer = ip === undefined ? undefined : await agents.status(ip, signal)
    asking -= 1
    entry.asking = false
    const said = answer === undefined ? '' : JSON.stringify(answer.containers)
    const phase = phaseOf(answer)
    const isNews = said !== entry.said
    entry.repeats = phase === entry.phase ? entry.repeats + 1 : 0
    entry.answer = answer
    entry.said = said
    entry.phase = phase
    const { view, repeats } = entry
    const pace = { hasRestarted: hasRestarted(view), repeats, alike }
    entry.dueAt = clock.now() + askAfterMs(pace, pollMs)
    // Somebody may have stopped following it meanwhile.
    if (isNews && entries.get(entry.set)?.get(view.key) === entry) onNews(entry.set)
  }

  const askDue = (all: readonly Entry[], signal: AbortSignal): void => {
    const now = clock.now()
    const isDue = (one: Entry): boolean => !one.asking && one.dueAt <= now
    const due = all.filter(isDue).sort((a, b) => a.dueAt - b.dueAt)
    if (due.length === 0) return
    const restarted = all.filter(({ view }) => hasRestarted(view)).length
    for (const entry of due.slice(0, atATime - asking)) {
      const alike = hasRestarted(entry.view) ? restarted : all.length - restarted
      void ask(entry, alike, signal)
    }
  }

  return {
    name: 'agent watch',
    run: async (signal) => {
      const isOver = (): boolean => signal.aborted
      while (!isOver()) {
        const all = [...entries.values()].flatMap((one) => [...one.values()])
        if (all.length === 0) {
          wake = Promise.withResolvers()
          await orAborted(wake.promise, signal)
        } else {
          askDue(all, signal)
          await clock.sleep(TICK_MS, signal)
        }
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

const NEW = { asking: false, answer: undefined, said: '', phase: '', repeats: 0 } as const

/** Connections that drain are news, but bring nobody further. */
function phaseOf(answer: AgentStatus | undefined): string {
  const handovers = Object.values(answer?.containers ?? {}).map(({ handover }) => handover)
  return handovers.map((one) => `${one?.id ?? ''} ${one?.phase ?? ''}`).join()
}

/** By the pod's status, which may be a second late. */
const hasRestarted = perObject(({ pod, desired }: PodView): boolean =>
  Object.values(desired?.containers ?? {}).every(
    ({ active, minBoot }) => bootsOf(pod, active) >= (minBoot[active] ?? 0),
  ),
)
