import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { phases } from '../handover/state.ts'
import { blocksOf } from '../../test/documentation/blocks.ts'
import type { Point } from './agent.ts'
import type { Fault } from './faults.ts'
import { faults } from './faults.ts'
import type { JourneyName } from './journeys.ts'
import { journeyNames, journeys, setOut } from './journeys.ts'
import { settle } from './simulation.ts'

const PAGE = 'docs/architecture.md'
const SETTLES_MS = 60_000
/** `Draining, oldStopped: has written Settled` */
const WRITTEN = /^(\w+), .*: has written (\w+)$/

/** Few of the faults lead where nearly all do. */
const STRIKES: readonly string[] = [
  'the new process exits, and cannot run any more',
  'the old process crashes',
  'the old container dies',
  'the agent is killed, and its state is lost',
  'an order waits for a restart that never comes',
  'an order leads back',
]
/** Taken in the exhaustive runs alone, which need longer than a picture is worth. */
const RARE = ['FailedOver --> Settled', 'FailedOver --> Starting']
/** What happens to a pod at rest again. */
const AFTERWARDS = 'a newer upgrade is ordered'

/** Changes of phase in a journey, struck once at a point or not at all; the points that it passes. */
function walk(
  journey: JourneyName,
  strike?: { readonly fault: string; readonly at: Point },
): { readonly edges: ReadonlySet<string>; readonly points: ReadonlySet<Point> } {
  const edges = new Set<string>()
  const points = new Set<Point>()
  const simulation = setOut(journey, { drain: "by Envoy's admin" })
  simulation.onPoint = (point) => {
    const [, from, to] = WRITTEN.exec(point) ?? []
    if (from !== undefined && from !== to) edges.add(`${from} --> ${to ?? ''}`)
    if (strike?.at === point && !points.has(point)) {
      faultOf(strike.fault).strike(simulation, journeys[journey])
    }
    points.add(point)
  }
  settle(simulation, SETTLES_MS)
  if (strike !== undefined) {
    faultOf(AFTERWARDS).strike(simulation, journeys[journey])
    settle(simulation, SETTLES_MS)
  }
  return { edges, points }
}

function faultOf(name: string): Fault {
  const fault = faults[name]
  if (fault === undefined) throw new Error(`there is no fault '${name}'`)
  return fault
}

/** The arrows of the diagram of the phases of a handover, without their words. */
function drawn(): readonly string[] {
  const text = readFileSync(new URL(`../../${PAGE}`, import.meta.url), 'utf8')
  const diagram = blocksOf(PAGE, text).find(({ lines }) =>
    lines.some((line) => line.includes('Waiting --> Starting')),
  )
  return (diagram?.lines ?? []).flatMap((line) => {
    const [, arrow] = /^\s*(\w+ --> \w+)/.exec(line) ?? []
    return arrow === undefined ? [] : [arrow]
  })
}

describe('the picture of a handover', function () {
  this.timeout(120_000)
  const seen = new Set<string>(RARE)
  before(() => {
    for (const journey of journeyNames) {
      const { points } = walk(journey)
      for (const at of points)
        for (const fault of STRIKES)
          for (const edge of walk(journey, { fault, at }).edges) seen.add(edge)
    }
  })

  it('has every phase, and no other', () => {
    const names = new Set(drawn().flatMap((arrow) => arrow.split(' --> ')))
    expect([...names].sort()).to.deep.equal([...phases].sort())
  })

  it('has the arrows that agents take, and no others', () => {
    expect([...drawn()].sort()).to.deep.equal([...seen].sort())
  })
})
