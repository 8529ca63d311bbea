import type { DesiredContainer } from '../../api/desired.ts'
import { paceMs } from '../container/pace.ts'
import { isOnRecord, watchEnd } from '../container/ends.ts'
import type { SlotMemory } from '../container/slotTracker.ts'
import { noMemory, remember, viewOf } from '../container/slotTracker.ts'
import type { Connections } from '../drain/connections.ts'
import { cutAt } from '../handover/accounting.ts'
import type { Effect } from '../handover/effects.ts'
import type { Event } from '../handover/events.ts'
import { needsDisk } from '../handover/needsDisk.ts'
import { isOutdated } from '../handover/outdated.ts'
import { perceive } from '../handover/perceive.ts'
import type { ProcessId, State } from '../handover/state.ts'
import { formatState, parseState } from '../handover/stateFile.ts'
import { step } from '../handover/table.ts'
import type { SlotView, World } from '../handover/world.ts'
import { Failure, NotWritten } from './failure.ts'
import { statusOf } from './launcher.ts'
import { perform } from './performer.ts'
import type { Pod } from './pod.ts'
import { reach, SLOTS } from './pod.ts'
import type { ProbeMemory } from './probes.ts'
import { livenessOf, noProbes, startHealthOf } from './probes.ts'
import type { Process } from './program.ts'
import type { Retirement } from './retirement.ts'
import { advanceRetirement } from './retirement.ts'

/**
 * The agent's program, with the shell's part (container/manager.ts, performer.ts) told again in
 * virtual time around the real decisions. All that is here dies with it; the rest is in `pod.run`.
 */
export interface Agent {
  state: State
  readonly memories: Map<string, SlotMemory>
  readonly probes: ProbeMemory
  /** Slot that was told to drain in this life. */
  drained: string | null
  retirement: Retirement | null
  /** Slots that were told to stop since they were started; true: no record counts what they cut. */
  readonly stopped: Map<string, boolean>
  readonly asideStopped: Set<string>
  readonly running: Map<string, ProcessId | null>
  readonly seenConnections: Map<string, number>
  /** When it counts the active process's connections again. */
  countsAt: number
  /** Until then, who is not to be reached is not gone. */
  distrustUntil: number
  /** Each private port has a second number: two processes can run in a slot. */
  readonly spares: boolean
  /** When it looks again if nothing wakes it. */
  lookAt: number
  /** What it saw of the launchers last: a change wakes it. */
  seen: string
  readonly decide: Decide
  readonly numbers: Numbers
}

/** What agents have told in logs, metrics and status, in all their lives. */
export interface Numbers {
  cut: number
  ended: number
}

/** The decision under test: what is in handover/, or a broken one that must be found out. */
export interface Decide {
  readonly perceive: typeof perceive
  readonly step: typeof step
}

export const realDecisions: Decide = { perceive, step }

/** Where the agent is: it may die at each of these points. */
export type Point = string

/** A fresh agent: it knows what is on disk. */
export function bootAgent(pod: Pod, numbers: Numbers, decide: Decide): Agent {
  return {
    state: restore(pod),
    memories: new Map(),
    probes: noProbes(),
    drained: null,
    retirement: null,
    stopped: new Map(),
    asideStopped: new Set(),
    running: new Map(),
    seenConnections: new Map(),
    countsAt: 0,
    distrustUntil: 0,
    spares: pod.spares,
    lookAt: pod.at,
    seen: '',
    decide,
    numbers,
  }
}

/** Only for files of version 1, which nobody writes any more. */
const clock = { now: () => 0, wall: () => 0 }

function restore({ run }: Pod): State {
  const afresh: State = { phase: 'Unassigned', active: run.active }
  if (run.state === null) return afresh
  try {
    const state = parseState(run.state, clock)
    return isOutdated(state, run.active) ? afresh : state
  } catch {
    return afresh
  }
}

/** Whether it looks at this instant. */
export function isDue(agent: Agent, pod: Pod): boolean {
  const seen = SLOTS.map((name) => signature(pod, name)).join()
  const woken = seen !== agent.seen
  agent.seen = seen
  return woken || pod.at >= agent.lookAt
}

function signature(pod: Pod, name: string): string {
  const launcher = reach(pod, name)
  if (launcher === null) return 'gone'
  const { pid, listening, terminating, aside } = statusOf(launcher, pod.at, pod.keeper)
  return `${pid}/${listening.length}/${terminating}/${aside?.pid ?? 0}`
}

/** One look and what follows; yields wherever the agent may be killed. */
export function* look(agent: Agent, pod: Pod): Generator<Point, void> {
  repair(agent, pod)
  const world = see(agent, pod)
  watchEnds(agent, world)
  yield `${agent.state.phase}: has looked`
  let again = false
  try {
    again = yield* decideOn(agent, pod, world)
    advanceRetirement(agent, pod, world)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
  }
  agent.lookAt = again ? pod.at : pod.at + paceMs(agent.state, world)
}

function* decideOn(agent: Agent, pod: Pod, world: World): Generator<Point, boolean> {
  for (const event of agent.decide.perceive(agent.state, world)) {
    const before = agent.state
    const { state, effects } = agent.decide.step(before, event, world)
    if (state !== before) {
      if (!write(pod, state) && needsDisk.has(event.kind)) continue
      agent.state = state
      yield pointOf(before, event, `has written ${state.phase}`)
    }
    yield* performAll(agent, pod, world, { before, event, effects })
    if (state.phase !== before.phase || state.active !== before.active) return true
  }
  return false
}

/** Whether it is on disk. */
function write({ run }: Pod, state: State): boolean {
  if (!run.full) run.state = formatState(state)
  return !run.full
}

/** As Disk.repair: puts back what somebody has removed, and doubts who is gone then. */
function repair(agent: Agent, pod: Pod): void {
  const { run } = pod
  const removed = run.state === null && agent.state.phase !== 'Unassigned'
  const stale = run.state !== null && run.state !== formatState(agent.state)
  if (removed || stale) write(pod, agent.state)
  if (removed) agent.distrustUntil = pod.at + SOCKETS_ARE_BACK_MS
}

/** As in container/slots.ts. */
const SOCKETS_ARE_BACK_MS = 7000

/** As container/endWatch.ts: counts what no record and no retirement counts. */
function watchEnds(agent: Agent, { slots }: World): void {
  for (const [slot, view] of Object.entries(slots)) {
    const { now, ended } = watchEnd(agent.running.get(slot) ?? null, view)
    agent.running.set(slot, now)
    if (ended === null || view.retiring || isOnRecord(agent.state, slot, ended.process)) continue
    const ordered = agent.stopped.get(slot) === true
    agent.numbers.cut += cutAt(ended.end, ordered) ?? view.connectionsSeen
  }
}

interface Decided {
  readonly before: State
  readonly event: Event
  readonly effects: readonly Effect[]
}

function* performAll(
  agent: Agent,
  pod: Pod,
  world: World,
  { before, event, effects }: Decided,
): Generator<Point, void> {
  for (const effect of effects) {
    try {
      perform(agent, pod, world, effect)
    } catch (error) {
      // What follows may depend on it; it is asked for again.
      if (error instanceof NotWritten) return
      throw error
    }
    yield pointOf(before, event, `has done ${effect.kind}`)
  }
}

function pointOf({ phase }: State, { kind }: Event, what: string): Point {
  return `${phase}, ${kind}: ${what}`
}

function see(agent: Agent, pod: Pod): World {
  const { state } = agent
  const slots = SLOTS.map((name) => [name, viewSlot(agent, pod, name)] as const)
  const { old, aside } = countAll(agent, pod)
  const from = state.phase === 'Draining' ? state.record.from : null
  const asideSlot = state.phase === 'Unassigned' ? undefined : state.aside?.slot
  return {
    ...{ at: pod.at, wall: pod.at, kernel: {}, unread: [] },
    order: checked(pod.order),
    activeFile: pod.run.active,
    slots: Object.fromEntries(slots),
    health: startHealthOf(agent, pod),
    liveness: livenessOf(agent, pod),
    connections: old,
    asideConnections: aside,
    drainOrdered: from !== null && agent.drained === from,
    stopOrdered: from !== null && agent.stopped.has(from),
    asideStopOrdered: asideSlot !== undefined && agent.asideStopped.has(asideSlot),
  }
}

function viewSlot(agent: Agent, pod: Pod, name: string): SlotView {
  const launcher = reach(pod, name)
  const away = pod.at < agent.distrustUntil ? 'silent' : 'gone'
  const reading = launcher === null ? away : statusOf(launcher, pod.at, pod.keeper)
  const memory = remember(agent.memories.get(name) ?? noMemory, reading, pod.at)
  agent.memories.set(name, memory)
  const known = {
    retiring: agent.retirement?.slot === name,
    replaceable: agent.spares,
    connectionsSeen: agent.seenConnections.get(name) ?? 0,
  }
  return viewOf(memory, reading, known, pod.at)
}

function checked(order: DesiredContainer | null): DesiredContainer | null {
  const known: readonly string[] = SLOTS
  return order !== null && known.includes(order.active) ? order : null
}

interface Counted {
  readonly old: Connections | null
  readonly aside: Connections | null
}

/** As container/census.ts. */
function countAll(agent: Agent, pod: Pod): Counted {
  const { state } = agent
  if (state.phase === 'Unassigned') return { old: null, aside: null }
  const { aside, record, active } = state
  const handingOver = state.phase === 'Confirming' || state.phase === 'Draining'
  const stopped = state.phase === 'Draining' && state.stopOrderedAt !== null
  const old = handingOver && !stopped ? countChild(agent, pod, record.from) : null
  if (active !== null && pod.at >= agent.countsAt) {
    agent.countsAt = pod.at + 5000
    countChild(agent, pod, active)
  }
  const own = aside === null ? null : (reach(pod, aside.slot)?.aside ?? null)
  const counted = own !== null && own.pid === aside?.process.pid && aside.stopOrderedAt === null
  return { old, aside: counted ? connectionsOf(own) : null }
}

function countChild(agent: Agent, pod: Pod, slot: string | null): Connections | null {
  const child = slot === null ? null : (reach(pod, slot)?.child ?? null)
  if (slot === null || child === null) return null
  agent.seenConnections.set(slot, child.connections.length)
  return connectionsOf(child)
}

function connectionsOf({ connections }: Process): Connections {
  return { total: connections.length, byProtocol: {} }
}
