import { expect } from 'chai'
import type { Pod } from '../client/kinds.ts'
import { aPod } from '../testing/build.ts'
import { createIndexedStore } from './store.ts'
import type { IndexedStore } from './store.ts'

describe('indexed store', () => {
  const byLabel = (pod: Pod): readonly string[] => Object.values(pod.metadata.labels ?? {})
  const named = (store: IndexedStore<Pod>, value: string): readonly string[] =>
    store.byIndex('label', value).map((pod) => pod.metadata.name)

  it('finds objects under every value their indexer gives', () => {
    const store = createIndexedStore({ label: byLabel })
    store.set(aPod('a', { labels: { x: 'red', y: 'round' } }))
    store.set(aPod('b', { labels: { x: 'red' } }))
    expect(named(store, 'red')).to.deep.equal(['a', 'b'])
    expect(named(store, 'round')).to.deep.equal(['a'])
    expect(named(store, 'blue')).to.deep.equal([])
  })

  it('moves an object that is exchanged to its new values', () => {
    const store = createIndexedStore({ label: byLabel })
    const before = aPod('a', { labels: { x: 'red' } })
    store.set(before)
    expect(store.set(aPod('a', { labels: { x: 'blue' } }))).to.equal(before)
    expect(named(store, 'red')).to.deep.equal([])
    expect(named(store, 'blue')).to.deep.equal(['a'])
    expect(store.size()).to.equal(1)
  })

  it('forgets a deleted object everywhere', () => {
    const store = createIndexedStore({ label: byLabel })
    store.set(aPod('a', { labels: { x: 'red' } }))
    store.delete('default/a')
    expect(named(store, 'red')).to.deep.equal([])
    expect(store.get('default/a')).to.equal(undefined)
    expect(store.delete('default/a')).to.equal(undefined)
  })

  it('refuses an index that was not declared', () => {
    expect(() => createIndexedStore<Pod>().byIndex('lable', 'red')).to.throw('no index lable')
  })
})
