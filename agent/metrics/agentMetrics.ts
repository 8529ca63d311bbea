import type { AgentConfig } from '../../api/agentConfig.ts'
import type { AgentContainerStatus, HandoverStatus } from '../../api/agentStatus.ts'
import { handoverPhases } from '../../api/agentStatus.ts'
import { AGENT_CONTAINER } from '../../api/group.ts'
import { cutReasons } from '../../api/reasons.ts'
import { RELEASE } from '../../api/release.ts'
import type { Cut } from '../drain/retirement.ts'
import type { Result } from '../handover/effects.ts'
import { results } from '../handover/effects.ts'
import type { HandoverRecord } from '../handover/record.ts'
import { exposition, Histogram, Values } from './exposition.ts'

/** From 0.2 s, the fastest handover measured, to beyond the longest drain by default. */
const DURATION_BOUNDS_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 600, 1200]

/** What drivers tell; `unknown` where they do not. */
const protocols = ['http1', 'http2', 'http3', 'http', 'tcp', 'unknown'] as const

/** The agent's metrics. Every label set is there from the start. */
export class AgentMetrics {
  readonly #handovers = new Values(
    'counter',
    'baton_agent_handovers_total',
    'Handovers that have ended, by result.',
  )
  readonly #durations = new Histogram(
    'baton_agent_handover_duration_seconds',
    'From the order to the end of a handover that settled, its drain included.',
    DURATION_BOUNDS_SECONDS,
  )
  readonly #cut = new Values(
    'counter',
    'baton_agent_connections_cut_total',
    'Connections of clients that a process still had when it ended, by reason and protocol.',
  )
  readonly #drained = new Values(
    'counter',
    'baton_agent_connections_drained_total',
    'Connections of clients that an old process let end by themselves, by protocol.',
  )
  readonly #active = new Values(
    'gauge',
    'baton_agent_active_slot',
    '1 for the slot that serves, 0 for the others.',
  )
  readonly #running = new Values(
    'gauge',
    'baton_agent_slot_running',
    '1 while a process runs in the slot.',
  )
  readonly #phase = new Values(
    'gauge',
    'baton_agent_phase',
    '1 for the phase of the current or last handover, 0 for the others.',
  )

  readonly #draining = new Values(
    'gauge',
    'baton_agent_connections_draining',
    'Connections of clients that old processes still have while they drain.',
  )
  readonly #stuck = new Values(
    'gauge',
    'baton_agent_stuck_queues',
    'Held listeners whose connections nobody accepts.',
  )
  readonly #blocked = new Values(
    'gauge',
    'baton_agent_state_unwritable',
    '1 while the state cannot be written, so that nothing new is begun.',
  )

  readonly #build = new Values(
    'gauge',
    'baton_build_info',
    'Always 1: which version of a component runs, and on which Node.',
  )

  constructor(config: AgentConfig) {
    this.#build.set({ component: AGENT_CONTAINER, version: RELEASE, node: process.version }, 1)
    for (const { name: container, slots } of config.containers) {
      for (const result of results) this.#handovers.add({ container, result }, 0)
      this.#durations.init({ container })
      for (const protocol of protocols) {
        for (const reason of cutReasons) this.#cut.add({ container, reason, protocol }, 0)
        this.#drained.add({ container, protocol }, 0)
      }
      this.#draining.set({ container }, 0)
      this.#stuck.set({ container }, 0)
      this.#blocked.set({ container }, 0)
      for (const slot of slots) {
        this.#active.set({ container, slot }, 0)
        this.#running.set({ container, slot }, 0)
      }
      for (const phase of handoverPhases) this.#phase.set({ container, phase }, 0)
    }
  }

  handoverEnded(container: string, result: Result): void {
    this.#handovers.add({ container, result }, 1)
  }

  handoverSettled(container: string, seconds: number): void {
    this.#durations.observe({ container }, seconds)
  }

  /** A drain has ended: what it let go and what it cut. */
  drained(container: string, record: HandoverRecord): void {
    const { connectionsDrained, atDrainByProtocol, cutByProtocol, connectionsCut, cutReason } =
      record
    const names = [...new Set([...Object.keys(atDrainByProtocol), ...Object.keys(cutByProtocol)])]
    const byProtocol = Object.fromEntries(
      names.map((name) => [
        name,
        Math.max(0, (atDrainByProtocol[name] ?? 0) - (cutByProtocol[name] ?? 0)),
      ]),
    )
    for (const [protocol, count] of split(connectionsDrained, byProtocol)) {
      this.#drained.add({ container, protocol }, count)
    }
    if (cutReason === '') return
    const cut = { total: connectionsCut, byProtocol: cutByProtocol, reason: cutReason }
    this.connectionsCut(container, cut)
  }

  connectionsCut(container: string, { total, byProtocol, reason }: Cut): void {
    for (const [protocol, count] of split(total, byProtocol)) {
      this.#cut.add({ container, reason, protocol }, count)
    }
  }

  /** The gauges follow the same snapshot that `GET /status` shows. */
  format(containers: Readonly<Record<string, AgentContainerStatus>>): string {
    for (const [container, status] of Object.entries(containers)) {
      for (const [slot, { running }] of Object.entries(status.slots)) {
        this.#active.set({ container, slot }, slot === status.active ? 1 : 0)
        this.#running.set({ container, slot }, running ? 1 : 0)
      }
      this.#draining.set({ container }, draining(status.handover) + draining(status.turnedBack))
      this.#stuck.set({ container }, status.stuckQueues?.length ?? 0)
      this.#blocked.set({ container }, status.blocked === undefined ? 0 : 1)
      for (const phase of handoverPhases) {
        this.#phase.set({ container, phase }, phase === status.phase ? 1 : 0)
      }
    }
    return exposition([
      this.#handovers,
      this.#durations,
      this.#cut,
      this.#drained,
      this.#active,
      this.#running,
      this.#phase,
      this.#draining,
      this.#stuck,
      this.#blocked,
      this.#build,
    ])
  }
}

/** Connections left of a drain that goes on. */
function draining(handover: HandoverStatus | null | undefined): number {
  const { drainStartedAt, settledAt, connectionsLeft } = handover ?? {}
  if (drainStartedAt === undefined || settledAt !== undefined) return 0
  return connectionsLeft ?? 0
}

/** Rows that sum up to `total`, under the names that labels may have. */
function split(
  total: number,
  byProtocol: Readonly<Record<string, number>>,
): readonly (readonly [string, number])[] {
  const known = protocols.map((name) => [name, byProtocol[name] ?? 0] as const)
  const rest = total - known.reduce((sum, [, count]) => sum + count, 0)
  return [...known, ['unknown', Math.max(0, rest)]]
}
