import { expect } from 'chai'
import { systemClock } from './clock.ts'
import { handoverStatus } from './handover/record.ts'
import { perceive } from './handover/perceive.ts'
import type { Ordered } from './handover/state.ts'
import { phases } from './handover/state.ts'
import { step } from './handover/table.ts'
import { events, moment, NOW, order, stateIn, WALL, worldOf } from './testing/handovers.ts'

/** A year, either way: NTP after a wrong hardware clock, an administrator's mistake. */
const JUMPS = [-365 * 86_400_000, 365 * 86_400_000] as const

describe('a jump of the wall clock', () => {
  for (const jump of JUMPS) {
    for (const phase of phases) {
      it(`of ${jump / 86_400_000} days moves no deadline while ${phase}`, () => {
        const at = NOW + 14_000
        const before = worldOf({ at, drainOrdered: true, activeFile: 'proxy-2' })
        const after = { ...before, wall: before.wall + jump }
        const state = stateIn(phase, { order: order({ confirmSeconds: 15 }) })
        expect(perceive(state, after)).to.deep.equal(perceive(state, before))
        for (const event of perceive(state, before)) {
          const one = step(state, event, before)
          const other = step(state, event, after)
          expect(other.effects.map(({ kind }) => kind)).to.deep.equal(
            one.effects.map(({ kind }) => kind),
          )
          expect(other.state.phase).to.equal(one.state.phase)
        }
      })
    }

    it(`of ${jump / 86_400_000} days leaves the shown times their true distance`, () => {
      const confirming = stateIn('Confirming')
      const late = { ...moment, at: NOW + 3000, wall: WALL + jump }
      const { record } = step(confirming, events.confirmed, late).state as Ordered
      expect(handoverStatus(record, 'Draining')).to.include({
        startedAt: '2026-01-01T00:00:00.000Z',
        drainStartedAt: '2026-01-01T00:00:03.000Z',
      })
    })
  }

  it('is of no concern to the clock that deadlines are kept by', () => {
    const real = Date.now
    const first = systemClock.now()
    try {
      Date.now = () => 0
      expect(systemClock.now() - first).to.be.within(0, 1000)
    } finally {
      Date.now = real
    }
  })
})
