import { expect } from 'chai'
import { running, slotView } from '../testing/handovers.ts'
import type { QueueMemory } from './queues.ts'
import { noQueues, stuckQueues, unreadListeners, watchQueues } from './queues.ts'

const address = '0.0.0.0:80'
const serving = { 'proxy-1': slotView(running), 'proxy-2': slotView() }

/** Lengths of one queue, one a second. */
function after(lengths: readonly number[], slots = serving, at = address): QueueMemory {
  return lengths.reduce(
    (memory, queue, second) =>
      watchQueues(memory, [{ address: at, queue, backlog: 4096 }], slots, second * 1000),
    noQueues,
  )
}

describe('the queue of a held listener', () => {
  const stuck: readonly (readonly [string, readonly number[], number])[] = [
    ['stands when it does not fall for 5 s', [1, 1, 2, 2, 2, 3], 1],
    ['does not stand yet after 4 s', [1, 1, 2, 2, 2], 0],
    ['is read when it falls', [5, 5, 5, 4, 4, 4], 0],
    ['is read when it is empty once', [5, 5, 5, 0, 5, 5], 0],
    ['that is empty stands never', [0, 0, 0, 0, 0, 0, 0], 0],
  ]
  for (const [name, lengths, count] of stuck) {
    it(name, () => {
      expect(stuckQueues(after(lengths), (lengths.length - 1) * 1000)).to.have.length(count)
    })
  }

  it('is told with its length and how long it has stood', () => {
    expect(stuckQueues(after([1, 1, 1, 1, 1, 7]), 5500)).to.deep.equal([
      { address, waiting: 7, seconds: 5 },
    ])
  })
})

describe('a held listener', () => {
  const empty = [0, 0, 0, 0, 0, 0]
  const other = '0.0.0.0:99'
  it('belongs to nobody when no process has listened there for 5 s', () => {
    expect(unreadListeners(after(empty, serving, other), 5000)).to.deep.equal([other])
    expect(unreadListeners(after(empty.slice(1), serving, other), 4000)).to.deep.equal([])
  })

  it('is wanted where a process listens, in whatever slot', () => {
    const standby = { 'proxy-1': slotView(), 'proxy-2': slotView({ ...running, boot: 2 }) }
    expect(unreadListeners(after(empty, standby), 5000)).to.deep.equal([])
  })

  it('may still be wanted by a process that has just started, or that cannot be asked', () => {
    const young = { ...serving, 'proxy-2': slotView({ ...running, uptimeMs: 9_999 }) }
    const silent = { ...serving, 'proxy-2': slotView(null) }
    for (const slots of [young, silent]) {
      expect(unreadListeners(after(empty, slots, other), 5000)).to.deep.equal([])
    }
  })
})
