import type { DesiredContainer } from '../../api/desired.ts'
import type { Decide } from './agent.ts'
import type { Clients, SlotName } from './pod.ts'
import type { Program } from './program.ts'
import { program } from './program.ts'
import type { Simulation } from './simulation.ts'
import { giveOrder, newSimulation, settle, upgrade, waitFor } from './simulation.ts'

/** How proxies are told to let go, and how they end. */
export const drains = {
  'by SIGTERM': drainOf({}, false),
  'by a signal of its own': drainOf({ signal: { name: 'SIGQUIT' } }, false),
  "by Envoy's admin": drainOf({ envoy: { adminPort: 9901 } }, true),
} as const
export type DrainName = keyof typeof drains
export const drainNames = Object.keys(drains) as readonly DrainName[]

interface DrainKind {
  readonly drain: DesiredContainer['drain']
  readonly leavesAtOnce: boolean
}

function drainOf(method: DesiredContainer['drain']['method'], leavesAtOnce: boolean): DrainKind {
  return { drain: { timerSeconds: 1, maxSeconds: 4, method }, leavesAtOnce }
}

/** What a pod goes through: up to where faults may strike, and on from there. */
export interface Journey {
  readonly prepare: (simulation: Simulation, next: Program) => void
  readonly begin: (simulation: Simulation, next: Program) => void
  /** The slot that serves at its begin, and the one that shall. */
  readonly from: SlotName
  readonly to: SlotName
}

export interface JourneyOptions {
  readonly drain: DrainName
  /** The version that is upgraded to. */
  readonly next?: Partial<Program>
  readonly clients?: Partial<Clients>
  readonly decide?: Decide
  readonly spares?: boolean
}

const upgrading: Journey = {
  prepare: firstStart,
  begin: (simulation, next) => {
    upgrade(simulation, 'up', 'proxy-2', next)
  },
  from: 'proxy-1',
  to: 'proxy-2',
}

export const journeys = {
  'a first start': {
    prepare: () => undefined,
    begin: (simulation) => {
      giveOrder(simulation, 'initial', 'proxy-1')
    },
    from: 'proxy-2',
    to: 'proxy-1',
  },
  'an upgrade': upgrading,
  'an upgrade that is confirmed for a while': {
    ...upgrading,
    begin: (simulation, next) => {
      upgrade(simulation, 'up', 'proxy-2', next, { confirmSeconds: 1 })
    },
  },
  'a rollback': {
    prepare: (simulation, next) => {
      firstStart(simulation)
      upgrade(simulation, 'up', 'proxy-2', next)
      waitFor(simulation, 'the upgrade', ({ numbers }) => numbers.ended === 2)
      rest(simulation)
    },
    begin: (simulation) => {
      giveOrder(simulation, 'back', 'proxy-1')
    },
    from: 'proxy-2',
    to: 'proxy-1',
  },
  'a rollback in mid-drain': {
    prepare: (simulation, next) => {
      firstStart(simulation)
      upgrade(simulation, 'up', 'proxy-2', next)
      waitFor(simulation, 'the drain', ({ agent }) => agent?.state.phase === 'Draining')
    },
    begin: (simulation) => {
      giveOrder(simulation, 'back', 'proxy-1')
    },
    from: 'proxy-2',
    to: 'proxy-1',
  },
} as const satisfies Readonly<Record<string, Journey>>
export type JourneyName = keyof typeof journeys
export const journeyNames = Object.keys(journeys) as readonly JourneyName[]

function firstStart(simulation: Simulation): void {
  giveOrder(simulation, 'initial', 'proxy-1')
  waitFor(simulation, 'the first start', ({ numbers }) => numbers.ended === 1)
  rest(simulation)
}

function rest(simulation: Simulation): void {
  if (!settle(simulation, 10_000)) throw new Error('the pod does not come to rest')
  simulation.pod.estimated = false
}

/** A pod at the begin of a journey: faults may strike from here on. */
export function setOut(name: JourneyName, options: JourneyOptions): Simulation {
  const { drain, leavesAtOnce } = drains[options.drain]
  const simulation = newSimulation({
    drain,
    first: program('v1', { leavesAtOnce }),
    ...(options.clients !== undefined && { clients: options.clients }),
    ...(options.decide !== undefined && { decide: options.decide }),
    ...(options.spares !== undefined && { spares: options.spares }),
  })
  const journey: Journey = journeys[name]
  const next = program('v2', { leavesAtOnce, ...options.next })
  journey.prepare(simulation, program('v2', { leavesAtOnce }))
  journey.begin(simulation, next)
  return simulation
}
