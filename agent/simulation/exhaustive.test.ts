import { expect } from 'chai'
import type { Point } from './agent.ts'
import { faults } from './faults.ts'
import type { DrainName, JourneyName, JourneyOptions } from './journeys.ts'
import { journeyNames } from './journeys.ts'
import { pointsOf, travel } from './strike.ts'

interface Route {
  readonly journey: JourneyName
  readonly options: JourneyOptions
  readonly points: readonly Point[]
}

const both: readonly DrainName[] = ['by SIGTERM', "by Envoy's admin"]

/** Every journey with both ways to end; the other variants of an upgrade. */
function allRoutes(): readonly Route[] {
  const route = (journey: JourneyName, options: JourneyOptions): Route => ({
    journey,
    options,
    points: pointsOf(journey, options),
  })
  return [
    ...journeyNames.flatMap((journey) => both.map((drain) => route(journey, { drain }))),
    route('an upgrade', { drain: 'by a signal of its own' }),
    // Without a second number for each private port there is no second process in a slot.
    route('a rollback in mid-drain', { drain: "by Envoy's admin", spares: false }),
    // Connections that outlive the longest drain.
    route('an upgrade', { drain: 'by SIGTERM', clients: { longMs: 9000 } }),
    route('an upgrade', { drain: "by Envoy's admin", clients: { longMs: 9000 } }),
  ]
}

/**
 * The handover of a pod that is struck once: in each journey, at each point at which the agent has
 * looked, put a new state on disk, or done one thing. What must hold is in invariants.ts.
 */
describe('wherever in its journey a pod is, when', function () {
  this.timeout(120_000)
  let routes: readonly Route[] = []
  before(() => {
    routes = allRoutes()
  })

  for (const [name, fault] of Object.entries(faults)) {
    it(`${name}, one process serves and comes to rest`, () => {
      const failures: string[] = []
      for (const { journey, options, points } of routes) {
        for (const at of points) {
          const problems = travel(journey, options, [{ fault, at }])
          const where = `${journey} ${options.drain}, at '${at}'`
          failures.push(...problems.map((problem) => `${where}: ${problem}`))
        }
      }
      expect(failures.slice(0, 20)).to.deep.equal([])
    })
  }

  it('it is struck, there are more than a dozen points to strike at', () => {
    for (const { journey, points } of routes.filter(({ journey }) => journey !== 'a first start')) {
      expect(points.length, journey).to.be.above(12)
    }
  })
})
