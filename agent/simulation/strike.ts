import type { Point } from './agent.ts'
import type { Fault } from './faults.ts'
import { NONE_MS } from './faults.ts'
import { couldServe, unsettled } from './invariants.ts'
import type { JourneyName, JourneyOptions } from './journeys.ts'
import { journeys, setOut } from './journeys.ts'
import { KUBELET_GRACE_MS, SLOTS } from './pod.ts'
import type { Simulation } from './simulation.ts'
import { advance, settle } from './simulation.ts'

/** Longer than the kubelet's longest wait here (20 s), a deadline, a drain and the way back. */
const SETTLES_MS = 90_000
/** Two owners for no longer than a stray is drained in. */
const TWO_MS = 2000

/** Points at which the agent can be struck in a journey without faults, in their order. */
export function pointsOf(name: JourneyName, options: JourneyOptions): readonly Point[] {
  const points = new Set<Point>()
  const simulation = setOut(name, options)
  simulation.onPoint = (point) => {
    points.add(point)
  }
  settle(simulation, SETTLES_MS)
  return [...points]
}

export interface Blow {
  readonly fault: Fault
  readonly at: Point
}

/** What went wrong in a journey with faults; each strikes when its point is first reached. */
export function travel(
  name: JourneyName,
  options: JourneyOptions,
  blows: readonly Blow[],
): readonly string[] {
  const simulation = setOut(name, options)
  strikeAt(simulation, name, blows)
  const end = simulation.pod.at + SETTLES_MS / 3
  while (simulation.onPoint !== ignore && simulation.pod.at < end) advance(simulation)
  const settled = settle(simulation, SETTLES_MS)
  const expected = expectations(name, blows, simulation)
  return [
    ...problems(simulation, expected),
    ...(settled || expected.unrest ? [] : [`not at rest: ${why(simulation)}`]),
  ]
}

function why({ pod, agent }: Simulation): string {
  return unsettled(pod, agent).join(', ')
}

function ignore(): void {
  // All faults have struck.
}

function strikeAt(simulation: Simulation, name: JourneyName, blows: readonly Blow[]): void {
  let rest = [...blows]
  simulation.onPoint = (point) => {
    const now = rest.filter(({ at }) => at === point)
    rest = rest.filter(({ at }) => at !== point)
    for (const { fault } of now) fault.strike(simulation, journeys[name])
    if (rest.length === 0) simulation.onPoint = ignore
  }
}

interface Expectations {
  readonly noneMs: number
  readonly twoMs: number
  readonly refuses: boolean
  /** A reading before an end may be of long ago, or of more than was cut in the end. */
  readonly estimates: boolean
  /** There may be nothing that can come to rest. */
  readonly unrest: boolean
}

function expectations(
  name: JourneyName,
  blows: readonly Blow[],
  { pod }: Simulation,
): Expectations {
  const faults = blows.map(({ fault }) => fault)
  const changed = faults.some(({ changesListeners }) => changesListeners)
  const alone = name === 'a first start' && faults.some(({ hopelessAlone }) => hopelessAlone)
  // Each alone leaves somebody who holds the listeners.
  const refuses = faults.length > 1 || faults.some((fault) => fault.refuses)
  const noneMs = faults.reduce((sum, fault) => sum + (fault.noneMs ?? NONE_MS), 0)
  return {
    // A process that hangs in a container that is to end may be all there is for its grace.
    noneMs: changed ? Infinity : noneMs + (faults.length > 1 ? KUBELET_GRACE_MS : 0),
    // Until its list is taken for right it is not known to be whole, and the other one stays.
    twoMs: changed ? Infinity : TWO_MS,
    refuses,
    estimates: faults.length > 1,
    unrest: changed || alone || !couldServe(pod) || !isOrdered(pod),
  }
}

/** Without any order nobody has said how to drain what runs beside the active process. */
function isOrdered({ order }: Simulation['pod']): boolean {
  const known: readonly string[] = SLOTS
  return order !== null && known.includes(order.active)
}

function problems(
  { watch, pod, numbers }: Simulation,
  { noneMs, twoMs, refuses, estimates }: Expectations,
): readonly string[] {
  const cut = pod.ended.reduce((sum, ended) => sum + ended.cut, 0)
  const enough = numbers.cut >= cut
  const right = estimates ? pod.estimated || enough : pod.estimated ? enough : numbers.cut === cut
  const miscounted = pod.sudden === 0 && !right
  return [
    ...(miscounted ? [`${cut} connections were cut, ${numbers.cut} are told`] : []),
    ...watch.violations.filter((one) => !(refuses && one.endsWith('a client is refused'))),
    ...(watch.longestNoneMs > noneMs ? [`nobody serves for ${watch.longestNoneMs} ms`] : []),
    ...(watch.longestTwoMs > twoMs ? [`two own for ${watch.longestTwoMs} ms`] : []),
  ]
}
