import { expect } from 'chai'
import { realClock } from './clock.ts'
import { createManualClock } from './manualClock.ts'
import { orAborted } from './orAborted.ts'

describe('clock', () => {
  it('sleeps, and wakes early when it is told to stop', async () => {
    const startMs = performance.now()
    await realClock.sleep(20)
    expect(performance.now() - startMs).to.be.at.least(19)
    const stop = new AbortController()
    const asleep = realClock.sleep(60_000, stop.signal)
    stop.abort()
    await asleep
    await realClock.sleep(60_000, stop.signal)
    expect(performance.now() - startMs).to.be.below(5_000)
  })

  it('wakes sleepers in their order when it is moved by hand', async () => {
    const clock = createManualClock(0)
    const woken: string[] = []
    const sleep = async (ms: number): Promise<void> => {
      await clock.sleep(ms)
      woken.push(`${ms} at ${clock.now()}`)
    }
    void sleep(30)
    void sleep(10).then(() => sleep(15))
    await clock.advance(40)
    expect(woken).to.deep.equal(['10 at 10', '15 at 25', '30 at 30'])
    expect(clock.now()).to.equal(40)
  })

  it('waits for a promise or the stop, whichever is first', async () => {
    const stop = new AbortController()
    const waiting = orAborted(new Promise(() => undefined), stop.signal)
    stop.abort()
    await waiting
    await orAborted(Promise.resolve(), new AbortController().signal)
    const failing = orAborted(Promise.reject(new Error('no')), new AbortController().signal)
    expect(await failing.catch((e: unknown) => e)).to.be.instanceOf(Error)
  })
})
