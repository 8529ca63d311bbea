import { expect } from 'chai'
import { launcherStatus, running } from '../testing/handovers.ts'
import type { Reading } from './slotTracker.ts'
import { forgetFailures, noMemory, remember, viewOf } from './slotTracker.ts'

const known = { retiring: false, replaceable: true, connectionsSeen: 0 }

/** Readings, one every 100 ms. */
function after(...readings: readonly Reading[]) {
  return readings.reduce(
    (memory, reading, index) => remember(memory, reading, index * 100),
    noMemory,
  )
}

const crashed = (crashes: number, boot = 1) =>
  launcherStatus({
    crashes,
    boot,
    lastExit: { code: 1, signal: 0, connections: null, atStop: null },
  })

describe('what is remembered of a slot', () => {
  it('is since when its launcher is gone', () => {
    const memory = after(launcherStatus(), 'gone', 'gone')
    expect(viewOf(memory, 'gone', known, 250)).to.include({ status: null, goneMs: 150 })
  })

  it('is that it has just gone', () => {
    expect(viewOf(after('gone'), 'gone', known, 0)).to.include({ goneMs: 1 })
  })

  it('is nothing of the kind once it is back, or when it was only silent', () => {
    expect(after('gone', launcherStatus()).goneSince).to.equal(null)
    expect(after(launcherStatus(), 'silent').goneSince).to.equal(null)
  })

  it('is since when it is asked to terminate', () => {
    const reading = launcherStatus({ terminating: true })
    expect(viewOf(after(reading, reading), reading, known, 300)).to.include({ terminatingMs: 300 })
  })

  const failures: readonly (readonly [string, readonly Reading[], number])[] = [
    ['counts crashes from the first look on', [crashed(5), crashed(7)], 2],
    ['counts across a moment away', [crashed(0), 'gone', 'silent', crashed(2)], 2],
    ['counts those of a new boot', [crashed(9), crashed(1, 2)], 1],
    [
      'forgives a process that lived well',
      [crashed(0), crashed(2), launcherStatus({ ...running, crashes: 2 }), crashed(3)],
      1,
    ],
  ]
  for (const [name, readings, expected] of failures) {
    it(name, () => {
      expect(after(...readings).failures).to.equal(expected)
    })
  }

  it('does not hold an earlier start against the next one', () => {
    expect(forgetFailures(after(crashed(0), crashed(3))).failures).to.equal(0)
  })
})
