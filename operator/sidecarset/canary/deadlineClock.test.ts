import { expect } from 'chai'
import type { RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import { lastProgress, withClock } from './deadlineClock.ts'

const begun: RolloutProgress = { revision: 'new', number: 2, startedAt: '2025-01-01T00:00:00Z' }
const at = (minute: number): number => Date.parse('2025-01-01T00:00:00Z') + minute * 60_000

describe('the clock of the progress deadline', () => {
  it('counts from the beginning of the rollout, also while no pod could be started', () => {
    expect(lastProgress(withClock(begun, false, at(5)), [])).to.equal(at(0))
  })

  it('counts from the last pod that was started', () => {
    expect(lastProgress(begun, [at(3), at(1)])).to.equal(at(3))
  })

  it('counts from the last thing that happened to a step', () => {
    const reachedAt = '2025-01-01T00:04:00Z'
    expect(lastProgress({ ...begun, step: 1, reachedAt }, [at(3)])).to.equal(at(4))
  })

  it('stands while it is held, and begins anew afterwards', () => {
    const held = withClock(begun, true, at(1))
    expect(held.heldSince).to.equal('2025-01-01T00:01:00Z')
    expect(withClock(held, true, at(2))).to.equal(held)
    const released = withClock(held, false, at(90))
    expect(released).not.to.have.property('heldSince')
    expect(lastProgress(released, [at(1)])).to.equal(at(90))
  })
})
