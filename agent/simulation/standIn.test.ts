import { expect } from 'chai'
import type { DrainName } from './journeys.ts'
import { drainNames, setOut } from './journeys.ts'
import { killContainer, server } from './pod.ts'
import { advance, after, giveOrder, killAgent, settle, waitFor } from './simulation.ts'
import type { Simulation } from './simulation.ts'

/** A pod at rest whose agent's container and active container die for long, in the same instant. */
function bereaved(drain: DrainName): Simulation {
  const simulation = setOut('a first start', { drain })
  waitFor(simulation, 'the first start', ({ numbers }) => numbers.ended === 1)
  settle(simulation, 10_000)
  const { pod } = simulation
  // The kubelet makes them wait: both have died before.
  for (const slot of pod.slots) slot.deaths = 1
  pod.keeper = false
  killAgent(simulation, 10_000)
  killContainer(pod, 'proxy-1')
  after(simulation, 9900, () => {
    pod.keeper = true
  })
  return simulation
}

describe('when the agent and the active container are away together', () => {
  for (const drain of drainNames) {
    it(`the other launcher steps in by itself; processes end ${drain}`, () => {
      const simulation = bereaved(drain)
      const { pod } = simulation
      const lostAt = pod.at
      waitFor(simulation, 'somebody serves', () => server(pod) !== undefined, 2000)
      expect(pod.at - lostAt).to.be.below(600)
      expect(pod.clients.refused).to.equal(0)
      expect(settle(simulation, 60_000)).to.equal(true)
      expect(simulation.watch.violations).to.deep.equal([])
      // It is the ordered slot that serves in the end, and orders are obeyed as before.
      expect(pod.run.active).to.equal('proxy-1')
      giveOrder(simulation, 'over', 'proxy-2')
      for (let at = 0; at < 500; at += 10) advance(simulation)
      expect(settle(simulation, 60_000)).to.equal(true)
      expect(pod.run.active).to.equal('proxy-2')
    })
  }
})
