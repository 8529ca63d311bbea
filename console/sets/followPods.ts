import type { AgentStatus } from '../../api/agentStatus.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { askAgents } from '../../cli/cluster/agents.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { selectorText } from '../../cli/cluster/selectorText.ts'
import { namespaceOfPods } from '../../cli/cluster/subjects.ts'
import { isBusy } from '../../cli/rollout/readRollout.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { SelectOptions } from '../../runtime/client/options.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { PodRow } from '../wire.ts'
import { podRow } from './podRow.ts'

export interface PodsTold {
  readonly upsert: readonly PodRow[]
  readonly gone: readonly string[]
  /** All pods of the set have been told once. */
  readonly complete?: true
}

export interface FollowPodsOptions {
  readonly cluster: Cluster
  readonly set: StoredSidecarSet
  readonly clock: Clock
  /** May agents be asked? */
  readonly asksAgents: boolean
  /** How often agents of pods in flight are asked. */
  readonly agentMs: number
  readonly onPods: (told: PodsTold) => void
  /** Connections that old processes of the pods in flight still have. */
  readonly onLeft: (left: number) => void
  readonly onNotes: (notes: readonly string[]) => void
}

/** The first rows come soon, and the rest in pieces that a browser takes in without a stutter. */
const FIRST_PAGE = 100
const PAGE = 1_000
const RETRY_MS = 2_000
/** Nobody looks at more at a time; the others are told by what is written on them. */
const MOST_ASKED = 64
const WATCH_SECONDS = 300

/** Tells the pods of a set, page by page, and then what happens to them; until aborted. */
export async function followPods(options: FollowPodsOptions, signal: AbortSignal): Promise<void> {
  const { set, clock, onPods, onNotes } = options
  const { name } = set.metadata
  /** Pods that only their agents can tell about. */
  const busy = new Map<string, Pod>()
  /** What they told last. */
  const answers = new Map<string, AgentStatus>()
  const known = new Set<string>()
  const drop = (key: string): void => {
    busy.delete(key)
    answers.delete(key)
  }
  const tell = (pods: readonly Pod[], complete: boolean): void => {
    const upsert = pods.flatMap((pod) => {
      const key = keyOf(pod)
      if (isBusy(pod, name, clock.now())) busy.set(key, pod)
      else drop(key)
      const row = podRow(pod, name, answers.get(key))
      if (row === undefined) return []
      known.add(key)
      return [row]
    })
    onPods({ upsert, gone: [], ...(complete ? { complete } : {}) })
  }
  const forget = (gone: readonly string[]): void => {
    for (const key of gone) {
      known.delete(key)
      drop(key)
    }
    if (gone.length > 0) onPods({ upsert: [], gone })
  }

  const agents = options.asksAgents
    ? followAgents(options, { busy, answers }, signal)
    : Promise.resolve()
  while (!signal.aborted) {
    try {
      await listAndWatch(options, { tell, forget, known }, signal)
      onNotes([])
    } catch (error) {
      // The watch begins anew with a list; a version that is forgotten is no trouble.
      if (!isApiError(error, 'Gone', 'Aborted')) onNotes([`pods: ${messageOf(error)}`])
      await clock.sleep(RETRY_MS, signal)
    }
  }
  await agents
}

interface Sink {
  readonly tell: (pods: readonly Pod[], complete: boolean) => void
  readonly forget: (gone: readonly string[]) => void
  readonly known: ReadonlySet<string>
}

async function listAndWatch(
  { cluster, set }: FollowPodsOptions,
  { tell, forget, known }: Sink,
  signal: AbortSignal,
): Promise<void> {
  const pods = cluster.client.resource(PODS)
  const select = { labelSelector: selectorText(set.spec.selector), ...namespaceOfPods(set) }
  const present = new Set<string>()
  let resourceVersion = ''
  // A small page first: it is what the user waits for.
  const first = await firstPage(cluster, select, signal)
  tell(first, false)
  for await (const page of pods.pages({ ...select, limit: PAGE, signal })) {
    tell(page.items, false)
    for (const pod of page.items) present.add(keyOf(pod))
    ;({ resourceVersion } = page)
  }
  forget([...known].filter((key) => !present.has(key)))
  tell([], true)
  const events = pods.watch({
    ...select,
    resourceVersion,
    timeoutSeconds: WATCH_SECONDS,
    signal,
  })
  for await (const event of events) {
    if (event.type === 'BOOKMARK') continue
    if (event.type === 'DELETED') forget([keyOf(event.object)])
    else tell([event.object], false)
  }
}

async function firstPage(
  { client }: Cluster,
  select: SelectOptions,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const pages = client.resource(PODS).pages({ ...select, limit: FIRST_PAGE, signal })
  for await (const page of pages) return page.items
  return []
}

interface Asked {
  readonly busy: ReadonlyMap<string, Pod>
  readonly answers: Map<string, AgentStatus>
}

async function followAgents(
  { cluster, set, clock, agentMs, onPods, onLeft }: FollowPodsOptions,
  { busy, answers }: Asked,
  signal: AbortSignal,
): Promise<void> {
  const { name } = set.metadata
  while (!signal.aborted) {
    const asked = [...busy.values()].slice(0, MOST_ASKED)
    const told = await askAgents(cluster, asked, [])
    const upsert = asked.flatMap((pod) => {
      const key = keyOf(pod)
      const agent = told.get(key)
      // What the watch has told meanwhile is newer.
      if (agent === undefined || busy.get(key) !== pod) return []
      answers.set(key, agent)
      return podRow(pod, name, agent) ?? []
    })
    if (upsert.length > 0) onPods({ upsert, gone: [] })
    const handovers = [...told.values()].flatMap(({ containers }) => Object.values(containers))
    onLeft(handovers.reduce((sum, { handover }) => sum + (handover?.connectionsLeft ?? 0), 0))
    await clock.sleep(agentMs, signal)
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
