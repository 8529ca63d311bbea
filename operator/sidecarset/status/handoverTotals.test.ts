import { expect } from 'chai'
import { aHandover } from '../../testing/build.ts'
import { NO_HANDOVERS, addTotals, totalsOf } from './handoverTotals.ts'

describe('the totals of handovers', () => {
  const moved = aHandover('abc-1', { listeners: 3, connectionsDrained: 10, connectionsCut: 2 })
  const stayed = aHandover('abc-2', { from: 'proxy-1', to: 'proxy-1', listeners: 6 })

  it('count a pod once, and what all its containers handed over', () => {
    expect(totalsOf('settled', [moved, moved])).to.deep.equal({
      completed: 1,
      failed: 0,
      listenersHanded: 6,
      connectionsDrained: 20,
      connectionsCut: 4,
      lastDurationSeconds: 5,
    })
  })
  it('count no listeners of a failure', () => {
    expect(totalsOf('failed', [moved])).to.include({ completed: 0, failed: 1, listenersHanded: 0 })
  })
  it('count a failure of which the agent told nothing', () => {
    expect(totalsOf('failed', [])).to.deep.equal({ ...NO_HANDOVERS, failed: 1 })
  })
  it('do not count an order to stay with the slot that serves already', () => {
    expect(totalsOf('settled', [stayed])).to.deep.equal(NO_HANDOVERS)
    expect(totalsOf('settled', [stayed, moved])).to.deep.equal(totalsOf('settled', [moved]))
  })
  it('do not count a restart of cold containers', () => {
    expect(totalsOf('settled', [])).to.deep.equal(NO_HANDOVERS)
  })
  it('add up, with the duration of the last one that has one', () => {
    const once = totalsOf('settled', [moved])
    expect(addTotals(once, NO_HANDOVERS)).to.deep.equal(once)
    expect(addTotals(once, once)).to.include({ completed: 2, lastDurationSeconds: 5 })
  })
})
