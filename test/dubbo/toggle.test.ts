import { expect } from 'chai'
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { PodNetwork } from '../../agent/interception/testing/network.ts'
import type { DubboToggles } from './toggle.ts'

const execute = promisify(execFile)
const LIMIT_MS = 280_000
/** One for each of the two registrations that Dubbo's consumer follows. */
const MOST_NEVER_SENT = 2

describe('a toggle of a Dubbo provider that is called all the time', function () {
  this.timeout(LIMIT_MS + 10_000)
  let seen: DubboToggles

  before(async function () {
    if (process.getuid?.() !== 0) this.skip()
    const network = await PodNetwork.create(`baton-dubbo-${process.pid}`)
    try {
      const outside = network.words('outside').at(-1) ?? ''
      const file = fileURLToPath(new URL('inside.ts', import.meta.url))
      const [program, ...args] = [...network.words('pod'), process.execPath, file, outside]
      const { stdout } = await execute(program, args, { timeout: LIMIT_MS })
      // Our own program's words; their shape is its type.
      seen = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as DubboToggles
    } finally {
      await network.remove()
    }
  })

  it('on takes it out of its registry, writes the rules, and brings it back, and calls go on', () => {
    const { state, order, failed, neverSent, throughProxy } = seen.on
    expect(order).to.deep.equal([
      ...['OfflineHook', 'offline: Succeeded', 'RulesOn', 'Verify'],
      ...['OnlineHook', 'online: Succeeded', 'Idle'],
    ])
    expect(failed).to.deep.equal([])
    expect(neverSent).to.have.length.of.at.most(MOST_NEVER_SENT)
    expect(state).to.equal('On')
    expect(throughProxy).to.be.greaterThan(0)
  })

  it('off closes gracefully, takes the rules away, and brings it back before the timer, and calls go on', () => {
    const { state, order, failed, neverSent, throughProxy } = seen.off
    expect(order).to.deep.equal([
      ...['GracefulClose', 'gracefulClose: Succeeded', 'RulesOff'],
      ...['OnlineHook', 'online: Succeeded', 'Timer', 'Idle'],
    ])
    expect(failed).to.deep.equal([])
    expect(neverSent).to.have.length.of.at.most(MOST_NEVER_SENT)
    expect([state, throughProxy]).to.deep.equal(['Off', 0])
  })

  it('control: calls fail when the proxy hangs while it intercepts with Block', () => {
    expect(seen.failedByControl).to.be.greaterThan(1)
  })
})
