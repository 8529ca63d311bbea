import type { DesiredContainer } from '../../api/desired.ts'
import type { Agent, Decide, Numbers, Point } from './agent.ts'
import { bootAgent, isDue, look, realDecisions } from './agent.ts'
import type { Watch } from './invariants.ts'
import { newWatch, observe, unsettled } from './invariants.ts'
import type { Clients, Pod, SlotName } from './pod.ts'
import { newPod, passTime, patchImage, slotOf } from './pod.ts'
import type { Program } from './program.ts'

/** A pod, its agent, and somebody who watches both: all of it plain data in virtual time. */
export interface Simulation {
  readonly pod: Pod
  readonly watch: Watch
  readonly decide: Decide
  readonly numbers: Numbers
  /** null = its program does not run. */
  agent: Agent | null
  agentStartsAt: number
  /** Its program is not given the processor before then. */
  agentStallsUntil: number
  /** The state on disk before the present one. */
  staleState: string | null
  readonly drain: DesiredContainer['drain']
  /** What is to happen at a time of its own. */
  timers: readonly Timer[]
  /** Called wherever the agent may be killed. */
  onPoint: (point: Point) => void
}

interface Timer {
  readonly at: number
  readonly act: (simulation: Simulation) => void
}

export interface SimulationOptions {
  readonly drain: DesiredContainer['drain']
  readonly first: Program
  readonly clients?: Partial<Clients>
  readonly decide?: Decide
  readonly spares?: boolean
}

export function newSimulation(options: SimulationOptions): Simulation {
  const { drain, first, clients = {}, decide = realDecisions, spares = true } = options
  const pod = newPod(first, clients, spares)
  const numbers = { cut: 0, ended: 0 }
  return {
    ...{ pod, drain, decide, numbers },
    watch: newWatch(),
    agent: bootAgent(pod, numbers, decide),
    agentStartsAt: 0,
    agentStallsUntil: 0,
    staleState: null,
    timers: [],
    onPoint: () => undefined,
  }
}

/** The annotation changes; the kubelet shows it `lateMs` later. */
export function giveOrder(
  simulation: Simulation,
  handover: string,
  active: string,
  fields: Partial<DesiredContainer> & { readonly lateMs?: number } = {},
): void {
  const { lateMs = 140, ...rest } = fields
  const order: DesiredContainer = {
    handover,
    active,
    revision: `revision of ${handover}`,
    image: `image of ${handover}`,
    minBoot: {},
    drain: simulation.drain,
    startDeadlineSeconds: 8,
    confirmSeconds: 0,
    ...rest,
  }
  after(simulation, lateMs, ({ pod }) => {
    pod.order = order
  })
}

/** One PATCH of the operator: the image of a slot, and the order to switch to it. */
export function upgrade(
  simulation: Simulation,
  handover: string,
  slot: SlotName,
  image: Program,
  fields: Parameters<typeof giveOrder>[3] = {},
): void {
  const { pod } = simulation
  const minBoot = { [slot]: slotOf(pod, slot).containers + 1 }
  patchImage(pod, slot, image)
  giveOrder(simulation, handover, slot, { minBoot, ...fields })
}

export function after(
  simulation: Simulation,
  ms: number,
  act: (simulation: Simulation) => void,
): void {
  simulation.timers = [...simulation.timers, { at: simulation.pod.at + ms, act }]
}

export function killAgent(simulation: Simulation, awayMs: number): void {
  const { pod } = simulation
  simulation.agent = null
  pod.sudden += 1
  simulation.agentStartsAt = Math.max(simulation.agentStartsAt, pod.at + awayMs)
}

/** More looks than this at one instant: it decides in circles. */
const LOOKS_MAX = 20

/** One instant passes for all. */
export function advance(simulation: Simulation): void {
  const { pod } = simulation
  passTime(pod)
  const due = simulation.timers.filter(({ at }) => at <= pod.at)
  simulation.timers = simulation.timers.filter(({ at }) => at > pod.at)
  for (const { act } of due) act(simulation)
  runAgent(simulation)
  observe(simulation.watch, pod, simulation.agent, simulation.timers.length > 0)
}

function runAgent(simulation: Simulation): void {
  const { pod, numbers, decide } = simulation
  if (simulation.agent === null && pod.at >= simulation.agentStartsAt) {
    simulation.agent = bootAgent(pod, numbers, decide)
  }
  if (simulation.agent === null || pod.at < simulation.agentStallsUntil) return
  if (!isDue(simulation.agent, pod)) return
  for (let looks = 0; looks < LOOKS_MAX; looks++) {
    const { agent } = simulation
    const before = pod.run.state
    for (const point of look(agent, pod)) {
      if (pod.run.state !== before) simulation.staleState = before
      simulation.onPoint(point)
      // What it would have done next, it did not come to.
      if (isAnother(simulation, agent)) return
    }
    if (agent.lookAt > pod.at) return
  }
  simulation.watch.violations.push(`${pod.at} ms: the agent decides in circles`)
}

/** A fault may have killed it, whatever the compiler has seen before. */
function isAnother({ agent }: Simulation, before: Agent): boolean {
  return agent !== before
}

/** Time passes until nothing is left to do. Whether it came to that. */
export function settle(simulation: Simulation, limitMs: number): boolean {
  const { pod } = simulation
  const end = pod.at + limitMs
  let quietSince: number | null = null
  while (pod.at < end) {
    advance(simulation)
    const open = simulation.timers.length > 0 || unsettled(pod, simulation.agent).length > 0
    quietSince = open ? null : (quietSince ?? pod.at)
    if (quietSince !== null && pod.at - quietSince >= QUIET_MS) return true
  }
  return false
}

/** Longer than the agent's slow pace, and than a readiness that only seems to be one. */
const QUIET_MS = 600

/** Time passes until something is so. */
export function waitFor(
  simulation: Simulation,
  what: string,
  condition: (simulation: Simulation) => boolean,
  limitMs = 30_000,
): void {
  const end = simulation.pod.at + limitMs
  while (!condition(simulation)) {
    if (simulation.pod.at >= end) throw new Error(`not within ${limitMs} virtual ms: ${what}`)
    advance(simulation)
  }
}
