import { expect } from 'chai'
import { asideDrain, ended, oldProcess, running, slotView, stateIn } from '../testing/handovers.ts'
import type { SlotView } from '../handover/world.ts'
import type { Ended } from './ends.ts'
import { isOnRecord, watchEnd } from './ends.ts'

const end = ended({ signal: 9 })
const cases: readonly (readonly [string, SlotView, Ended | null])[] = [
  ['runs on', slotView(running), null],
  [
    'is set aside, where it runs on',
    slotView({ ...running, pid: 8, aside: { pid: 7, side: 0 } }),
    null,
  ],
  ['is of a launcher that does not answer for a moment', slotView(null, { goneMs: 149 }), null],
  ['has ended', slotView({ ...running, pid: 0, lastExit: end }), { process: oldProcess, end }],
  [
    'has ended, and another one runs',
    slotView({ ...running, pid: 8, lastExit: end }),
    { process: oldProcess, end },
  ],
  [
    'has ended with its container, and another one has its pid',
    slotView({ ...running, boot: 2, lastExit: end }),
    { process: oldProcess, end: null },
  ],
  ['has gone', slotView(null, { goneMs: 150 }), { process: oldProcess, end: null }],
]

describe('a process that was seen', () => {
  for (const [name, view, expected] of cases) {
    it(name, () => {
      expect(watchEnd(oldProcess, view).ended).to.deep.equal(expected)
    })
  }

  it('has ended once', () => {
    const { now } = watchEnd(oldProcess, slotView(null, { goneMs: 150 }))
    expect(watchEnd(now, slotView(null, { goneMs: 400 })).ended).to.equal(null)
  })
})

describe('what a process cuts', () => {
  it('is on the record of the handover that drains it', () => {
    expect(isOnRecord(stateIn('Draining'), 'proxy-1', oldProcess)).to.equal(true)
    expect(isOnRecord(stateIn('Draining'), 'proxy-2', oldProcess)).to.equal(false)
    expect(isOnRecord(stateIn('Settled'), 'proxy-1', oldProcess)).to.equal(false)
    expect(isOnRecord(stateIn('Unassigned'), 'proxy-1', oldProcess)).to.equal(false)
  })

  it('is on the record of the handover that was turned back, when it was set aside', () => {
    const state = stateIn('Settled', { aside: asideDrain() })
    expect(isOnRecord(state, 'proxy-1', oldProcess)).to.equal(true)
    expect(isOnRecord(state, 'proxy-1', { ...oldProcess, pid: 8 })).to.equal(false)
  })
})
