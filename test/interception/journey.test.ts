import { expect } from 'chai'
import type { Journey } from './order.ts'
import { runJourney } from './runOne.ts'

describe('the agent of a pod that is toggled', function () {
  this.timeout(120_000)
  let seen: Journey

  before(async function () {
    if (process.getuid?.() !== 0) this.skip()
    seen = await runJourney()
  })

  it('calls each hook at its time', () => {
    const expected = ['/offline off', '/online on', '/gracefulClose on', '/online off']
    expect(seen.calls).to.deep.equal(expected)
  })

  it('gives up when a hook refuses, and redirects nothing', () => {
    expect(seen.refused).to.deep.equal(['Failed', 'HookFailed', '0'])
  })

  it('gives up when a program hangs, and goes on past one that fails and does not matter', () => {
    expect(seen.programs).to.deep.equal(['Failed TimedOut', 'On Failed', 'Off Succeeded Succeeded'])
  })

  it('completes a toggle although it is killed three times', () => {
    expect(seen.afterKills).to.equal('On')
  })

  it('puts back what somebody else takes away, and nothing more', () => {
    expect(seen.repairs).to.deep.equal([1, 1])
  })

  it('takes the rules from a dead proxy, and gives them back', () => {
    expect(seen.readyWithoutProxy).to.equal(200)
    expect([seen.bypasses, seen.backOn]).to.deep.equal([1, 'On'])
  })

  it('counts it', () => {
    expect(seen.metrics).to.include.members([
      'baton_interception_repairs_total 1',
      'baton_interception_bypasses_total 1',
    ])
  })
})
