import type { AgentConfig } from '../../api/agentConfig.ts'
import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import { handoverPhases } from '../../api/agentStatus.ts'
import type { Result } from '../handover/effects.ts'
import { results } from '../handover/effects.ts'
import { exposition, Histogram, Values } from './exposition.ts'

/** From 0.2 s, the fastest handover measured, to beyond the longest drain by default. */
const DURATION_BOUNDS_SECONDS = [0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120, 300, 600, 1200]

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
    'Connections of clients that an old process still had when it was stopped.',
  )
  readonly #drained = new Values(
    'counter',
    'baton_agent_connections_drained_total',
    'Connections of clients that an old process let end by themselves.',
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

  constructor(config: AgentConfig) {
    for (const { name: container, slots } of config.containers) {
      for (const result of results) this.#handovers.add({ container, result }, 0)
      this.#durations.init({ container })
      this.#cut.add({ container }, 0)
      this.#drained.add({ container }, 0)
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

  handoverSettled(container: string, seconds: number, drained: number): void {
    this.#durations.observe({ container }, seconds)
    this.#drained.add({ container }, drained)
  }

  connectionsCut(container: string, connections: number): void {
    this.#cut.add({ container }, connections)
  }

  /** The gauges follow the same snapshot that `GET /status` shows. */
  format(containers: Readonly<Record<string, AgentContainerStatus>>): string {
    for (const [container, status] of Object.entries(containers)) {
      for (const [slot, { running }] of Object.entries(status.slots)) {
        this.#active.set({ container, slot }, slot === status.active ? 1 : 0)
        this.#running.set({ container, slot }, running ? 1 : 0)
      }
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
    ])
  }
}
