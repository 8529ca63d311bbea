import { expect } from 'chai'
import type { PodRow } from '../wire.ts'
import { podState } from './chips.ts'
import { filterPods } from './podTable.ts'
import { beginAnew, createState, take } from './state.ts'

function pod(key: string, change: Partial<PodRow> = {}): PodRow {
  const base = { workload: 'deployment/web', node: 'node-a', ready: true, revision: 'new' }
  return { key, ...base, stage: 'Resting', containers: [], ...change }
}

describe('what the page knows', () => {
  it('follows pods that come, change and go', () => {
    const state = createState()
    take(state, 'pods', { upsert: [pod('a/1'), pod('a/2')], gone: [] })
    expect(state.podsComplete).to.equal(false)
    take(state, 'pods', { upsert: [pod('a/2', { ready: false })], gone: ['a/1'], complete: true })
    expect([...state.pods.values()]).to.deep.equal([pod('a/2', { ready: false })])
    expect(state.podsComplete).to.equal(true)
  })

  it('is forgotten when a stream begins anew: what went meanwhile must not stay', () => {
    const state = createState()
    take(state, 'pods', { upsert: [pod('a/1')], gone: [] })
    take(state, 'series', [{ at: 1, left: 0, drained: 0, cut: 0 }])
    beginAnew(state)
    expect(state.pods.size).to.equal(0)
    expect(state.series).to.deep.equal([])
  })

  it('keeps ten minutes of plots', () => {
    const state = createState()
    for (let at = 0; at < 700; at++) take(state, 'series', [{ at, left: 0, drained: 0, cut: 0 }])
    expect(state.series).to.have.lengthOf(600)
  })
})

describe('the pods of a set', () => {
  const states = {
    Upgrading: pod('a/1', { stage: 'Upgrading', ready: false }),
    Failed: pod('a/2', { stage: 'Failed' }),
    NotReady: pod('a/3', { ready: false }),
    Waiting: pod('a/4', { revision: 'old' }),
    Updated: pod('a/5'),
  }
  for (const [state, row] of Object.entries(states)) {
    it(`are told apart: ${state}`, () => {
      expect(podState(row, 'new')).to.equal(state)
    })
  }

  it('come with those first that move, and are narrowed by word and state', () => {
    const all = [...Object.values(states)].toReversed()
    const keys = (text: string, state: '' | 'Waiting') =>
      filterPods(all, 'new', { text, state }).map(({ key }) => key)
    expect(keys('', '')).to.deep.equal(['a/1', 'a/2', 'a/3', 'a/4', 'a/5'])
    expect(keys('NODE-A', 'Waiting')).to.deep.equal(['a/4'])
    expect(keys('a/5', '')).to.deep.equal(['a/5'])
    expect(keys('nothing', '')).to.deep.equal([])
  })

  it('are sorted soon also when they are ten thousand', () => {
    const many = Array.from({ length: 10_000 }, (_, index) => pod(`shop/web-${index}`))
    // Of the processor's time, which no other program takes part in.
    const before = process.cpuUsage()
    expect(filterPods(many, 'new', { text: '', state: '' })).to.have.lengthOf(10_000)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1000, 'ms').to.be.below(2_000)
  })
})
