import { expect } from 'chai'
import type { MuteProxy } from './order.ts'
import { runMuteInside } from './runOne.ts'

describe('an intercepting proxy that accepts and answers nobody', function () {
  this.timeout(150_000)
  let seen: MuteProxy

  before(async function () {
    if (process.getuid?.() !== 0) this.skip()
    seen = await runMuteInside()
  })

  it('is bypassed when its livenessProbe fails, and has the traffic back when it passes', () => {
    expect(seen.probed.message).to.match(
      /it fails its livenessProbe: GET .*: no answer within 2000 ms/,
    )
    expect([seen.probed.redirects, seen.probed.bypasses]).to.deep.equal([1, 1])
  })

  it('control: is not bypassed without one', () => {
    expect([seen.unprobed.redirects, seen.unprobed.bypasses]).to.deep.equal([1, 0])
  })
})
