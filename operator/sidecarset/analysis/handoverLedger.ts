import { handoverOutcome } from '../../../api/agentStatus.ts'
import type { AgentStatus, HandoverStatus } from '../../../api/agentStatus.ts'
import type { BudgetStatus } from '../../../api/v1beta1/analysis.ts'
import { hasMoved } from '../rollout/handoverSentence.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Revision } from '../rollout/revision.ts'

/** What the handovers of a rollout have cost so far. */
export type HandoverNumbers = Omit<
  BudgetStatus,
  'verdict' | 'message' | 'podsNotReady' | 'notReadySince'
>

export const NO_COST: HandoverNumbers = {
  handovers: 0,
  connectionsAtDrain: 0,
  connectionsCut: 0,
  connectionsCutAtMaxSeconds: 0,
  listenDrops: 0,
  resets: 0,
  longestHandoverSeconds: 0,
}

/**
 * Remembers what agents have said of the handovers of one rollout of each set. A pod counts as
 * upgraded when its timer is over, and may drain, and cut, for long after: until its handover has
 * come to its end it is asked again.
 */
export interface HandoverLedger {
  /** Takes in answers by pod key. Another revision begins a new page. */
  observe(set: string, revision: Revision, pods: readonly PodView[], agents: Agents): void
  /** Upgraded pods whose handovers are not known to their end, those not asked for longest first. */
  open(set: string, revision: Revision, pods: readonly PodView[]): readonly PodView[]
  numbers(set: string): HandoverNumbers
  forget(set: string): void
}

type Agents = ReadonlyMap<string, AgentStatus>

interface Page {
  readonly rollout: string
  /** By pod, container and id. */
  readonly costs: Map<string, HandoverNumbers>
  /** Pods whose handovers are over. */
  readonly closed: Set<string>
  /** By pod key: how many were asked before it. */
  readonly asked: Map<string, number>
  total: HandoverNumbers
}

export function createHandoverLedger(): HandoverLedger {
  const pages = new Map<string, Page>()
  let turn = 0

  function pageOf(set: string, { hash, number }: Revision): Page {
    const rollout = `${hash}-${number}`
    const found = pages.get(set)
    if (found?.rollout === rollout) return found
    const page: Page = {
      rollout,
      costs: new Map(),
      closed: new Set(),
      asked: new Map(),
      total: NO_COST,
    }
    pages.set(set, page)
    return page
  }

  return {
    observe: (set, revision, pods, agents) => {
      const page = pageOf(set, revision)
      for (const { key, state } of pods) {
        const answer = agents.get(key)
        if (answer === undefined || !isOf(state, revision)) continue
        const handovers = handoversOf(answer, state)
        // One under way changes with every look; its cuts come at its end.
        for (const [container, one] of handovers) {
          if (handoverOutcome(one) === 'inFlight') continue
          note(page, `${key}/${container}/${one.id}`, costOf(one))
        }
        page.asked.set(key, (turn += 1))
        const isOver =
          handovers.length > 0 && handovers.every(([, one]) => one.settledAt !== undefined)
        if (isOver) page.closed.add(key)
        else page.closed.delete(key)
      }
    },
    open: (set, revision, pods) => {
      const { closed, asked } = pageOf(set, revision)
      return pods
        .filter((pod) => pod.stage === 'resting' && pod.desired !== undefined)
        .filter(({ key, state }) => isOf(state, revision) && !closed.has(key))
        .toSorted((a, b) => (asked.get(a.key) ?? 0) - (asked.get(b.key) ?? 0))
    },
    numbers: (set) => pages.get(set)?.total ?? NO_COST,
    forget: (set) => {
      pages.delete(set)
    },
  }
}

/** Costs of a handover only grow, so sums need no second look at the others. */
function note(page: Page, key: string, cost: HandoverNumbers): void {
  const before = page.costs.get(key) ?? NO_COST
  const { total } = page
  const grown = (name: keyof HandoverNumbers): number => total[name] + cost[name] - before[name]
  page.costs.set(key, cost)
  page.total = {
    handovers: grown('handovers'),
    connectionsAtDrain: grown('connectionsAtDrain'),
    connectionsCut: grown('connectionsCut'),
    connectionsCutAtMaxSeconds: grown('connectionsCutAtMaxSeconds'),
    listenDrops: grown('listenDrops'),
    resets: grown('resets'),
    longestHandoverSeconds: Math.max(total.longestHandoverSeconds, cost.longestHandoverSeconds),
  }
}

/** Was the last upgrade of the pod one to this revision, and did it do anything? */
function isOf(
  state: PodView['state'],
  { hash, number }: Revision,
): state is NonNullable<PodView['state']> {
  return state?.revision === hash && state.number === number && state.hot.length > 0
}

/** The handover of the upgrade, and what became of the slot since: the new version may be why. */
function handoversOf(
  { containers }: AgentStatus,
  { id, updateTimestamp }: NonNullable<PodView['state']>,
): readonly (readonly [string, HandoverStatus])[] {
  return Object.entries(containers).flatMap(([name, { handover: one }]) => {
    if (one === null || !hasMoved(one)) return []
    const isSince = Date.parse(one.startedAt ?? '') >= Date.parse(updateTimestamp)
    return one.id === id || isSince ? [[name, one] as const] : []
  })
}

function costOf(handover: HandoverStatus): HandoverNumbers {
  const { connectionsCut, cutReason, kernel } = handover
  const atMaxSeconds = cutReason === 'MaxSeconds' ? connectionsCut : 0
  const counter = (name: string): number => kernel[name] ?? 0
  const seconds = Date.parse(handover.servingAt ?? '') - Date.parse(handover.startedAt ?? '')
  return {
    handovers: 1,
    connectionsAtDrain: handover.connectionsAtDrain,
    connectionsCut: connectionsCut - atMaxSeconds,
    connectionsCutAtMaxSeconds: atMaxSeconds,
    // The kernel counts an overflow as a drop too (tcp_v4_syn_recv_sock).
    listenDrops: Math.max(counter('ListenDrops'), counter('ListenOverflows')),
    resets:
      counter('EstabResets') +
      counter('TCPAbortOnData') +
      counter('TCPAbortOnClose') +
      counter('TCPAbortOnTimeout'),
    longestHandoverSeconds: Number.isFinite(seconds) ? Math.max(0, seconds / 1000) : 0,
  }
}
