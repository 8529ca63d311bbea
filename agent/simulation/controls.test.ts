import { expect } from 'chai'
import type { Decide } from './agent.ts'
import { realDecisions } from './agent.ts'
import type { Fault } from './faults.ts'
import { faults } from './faults.ts'
import type { JourneyName } from './journeys.ts'
import { pointsOf, travel } from './strike.ts'

type Effects = ReturnType<Decide['step']>['effects']

/** Decisions with one thing left out. */
function without(perceives: (kind: string) => boolean, does: (kind: string) => boolean): Decide {
  return {
    perceive: (state, world) =>
      realDecisions.perceive(state, world).filter(({ kind }) => perceives(kind)),
    step: (state, event, moment) => {
      const { state: next, effects } = realDecisions.step(state, event, moment)
      const kept: Effects = effects.filter(({ kind }) => does(kind))
      return { state: next, effects: kept }
    },
  }
}

const all = (): boolean => true
const but =
  (...left: readonly string[]) =>
  (kind: string): boolean =>
    !left.includes(kind)

function known(name: string): Fault {
  const fault = faults[name]
  if (fault === undefined) throw new Error(`no fault '${name}'`)
  return fault
}

/** Each of these must be found out: else the simulation could not fail. */
const controls: Readonly<
  Record<string, { readonly decide: Decide; readonly fault: string; readonly journey: JourneyName }>
> = {
  'never fails over': {
    decide: without(but('activeLost'), all),
    fault: 'the new process cannot be executed any more',
    journey: 'an upgrade',
  },
  'never names the active slot': {
    decide: without(all, but('setActive')),
    fault: 'nothing happens',
    journey: 'an upgrade',
  },
  'never stops the old process': {
    decide: without(all, but('stopSlot')),
    fault: 'nothing happens',
    journey: 'an upgrade',
  },
  'forgets strays': {
    decide: without(but('stray'), but('retireSlot')),
    fault: 'an order leads back',
    journey: 'an upgrade that is confirmed for a while',
  },
  'does not look at probes': {
    decide: without(but('unlive'), all),
    fault: 'the new process hangs',
    journey: 'an upgrade',
  },
}

describe('an agent that', function () {
  this.timeout(120_000)

  for (const [name, { decide, fault, journey }] of Object.entries(controls)) {
    it(`${name} is found out`, () => {
      const options = { drain: "by Envoy's admin" } as const
      const found = pointsOf(journey, options).flatMap((at) => {
        try {
          return travel(journey, { ...options, decide }, [{ fault: known(fault), at }])
        } catch (error) {
          return [String(error)]
        }
      })
      expect(found).not.to.be.empty
    })
  }
})
