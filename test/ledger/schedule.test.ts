import { expect } from 'chai'
import { Schedule } from './schedule.ts'
import { until } from './until.ts'

describe('the schedule', () => {
  it('fires every due time in order, and none before it is due', async () => {
    const zero = performance.now()
    const now = () => performance.now() - zero
    const fired: { number: number; dueMs: number; early: boolean }[] = []
    const schedule = new Schedule(
      [
        {
          perSecond: 100,
          fire: (number, dueMs) => fired.push({ number, dueMs, early: now() < dueMs }),
        },
      ],
      now,
    )
    schedule.start()
    await until('20 events', () => fired.length >= 20)
    schedule.stop()
    expect(fired.map(({ number }) => number)).to.deep.equal(fired.map((_, index) => index))
    expect(fired.filter(({ early }) => early)).to.deep.equal([])
    for (const [index, { dueMs }] of fired.entries()) {
      expect(dueMs).to.be.closeTo(5 + index * 10, 0.001)
    }
  })

  it('catches up after a stall: what was due is fired, not left out', async () => {
    let ms = 0
    let fired = 0
    const schedule = new Schedule([{ perSecond: 100, fire: () => (fired += 1) }], () => ms)
    schedule.start()
    ms = 1000
    await until('the events of one second', () => fired > 0)
    schedule.stop()
    expect(fired).to.equal(100)
  })

  it('spreads series of equal rates', async () => {
    let ms = 0
    const dues: number[] = []
    const beat = { perSecond: 10, fire: (_: number, dueMs: number) => dues.push(dueMs) }
    const schedule = new Schedule([beat, beat, beat], () => ms)
    schedule.start()
    ms = 99
    await until('three events', () => dues.length >= 3)
    schedule.stop()
    expect(dues).to.deep.equal([25, 50, 75])
  })

  it('fires nothing after stop, also when it is stopped by what it fires', async () => {
    let ms = 0
    let fired = 0
    let other = 0
    const now = () => ms
    const schedule: Schedule = new Schedule(
      [
        {
          perSecond: 100,
          fire: () => {
            fired += 1
            schedule.stop()
          },
        },
      ],
      now,
    )
    const witness = new Schedule([{ perSecond: 100, fire: () => (other += 1) }], now)
    schedule.start()
    witness.start()
    // Both have a hundred events due at once, as after a stall.
    ms = 1000
    await until('ten events of another schedule', () => other >= 10)
    witness.stop()
    expect(fired).to.equal(1)
  })
})
