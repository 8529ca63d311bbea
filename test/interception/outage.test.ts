import { expect } from 'chai'
import type { Outage } from './outage.ts'
import { runOutagesInside } from './runOne.ts'

const SOON_MS = 20_000

describe('an intercepting proxy that fails', function () {
  this.timeout(120_000)
  let crash: Outage
  let hang: Outage
  let blocked: Outage

  before(async function () {
    if (process.getuid?.() !== 0) this.skip()
    const [first, second, third] = await runOutagesInside([
      { failure: 'crash', policy: 'Bypass' },
      { failure: 'hang', policy: 'Bypass' },
      { failure: 'crash', policy: 'Block' },
    ])
    if (first === undefined || second === undefined || third === undefined) throw new Error('none')
    ;[crash, hang, blocked] = [first, second, third]
  })

  it('by dying again and again is bypassed, and the app goes on directly in a ready pod', () => {
    // Within a second, says the benchmark; other suites run beside this one.
    expect(crash.rulesOffAfterMs).to.be.below(SOON_MS)
    expect(crash.then).to.include({ lost: 0 })
    expect(crash.then.ok).to.be.greaterThan(30)
    expect(crash.readiness).to.equal(200)
  })

  it('by hanging is bypassed too, not before it can be told from a slow one', () => {
    expect(hang.first.lost, 'what waited for it').to.be.greaterThan(0)
    expect(hang.rulesOffAfterMs, 'five looks over 0.4 s').to.be.within(400, SOON_MS)
    expect(hang.then).to.include({ lost: 0 })
    expect(hang.then.ok).to.be.greaterThan(30)
  })

  it('loses what comes as long as it fails, with Block', () => {
    expect(blocked.then.lost).to.be.greaterThan(30)
    expect(blocked.then.ok).to.equal(0)
    expect(blocked.readiness).to.equal(503)
  })

  it('gets the traffic back when it serves again', () => {
    for (const { after } of [crash, hang, blocked]) {
      expect(after).to.include({ lost: 0 })
      expect(after.ok).to.be.greaterThan(30)
    }
  })
})
