import { expect } from 'chai'
import { assemble } from './assemble.ts'

const bounds = { mostBytes: 100, deadline: 1_000, now: () => 0 }
const part = (name: string, value: unknown) => ({ name, read: () => Promise.resolve(value) })

describe('a support bundle', () => {
  it('goes on without what cannot be read', async () => {
    const broken = { name: 'b', read: () => Promise.reject(new Error('forbidden')) }
    const { parts, notes } = await assemble([part('a', 1), broken, part('c', 3)], bounds)
    expect(parts).to.deep.equal({ a: 1, c: 3 })
    expect(notes).to.deep.equal(['b: forbidden'])
  })

  it('leaves out what is too large, and takes what still fits', async () => {
    const { parts, notes, bytes } = await assemble(
      [part('a', 'x'.repeat(50)), part('b', 'x'.repeat(80)), part('c', 'x')],
      bounds,
    )
    expect(Object.keys(parts)).to.deep.equal(['a', 'c'])
    expect(notes).to.deep.equal(['b: left out, its 82 bytes exceed the size of the bundle'])
    expect(bytes).to.be.below(100)
  })

  it('begins nothing when the time is used up, and waits for nothing longer', async () => {
    const endless = { name: 'endless', read: () => new Promise(() => undefined) }
    const { notes } = await assemble([endless], { ...bounds, deadline: 20 })
    expect(notes).to.deep.equal(['endless: left out, it took too long'])
    const late = await assemble([part('a', 1)], { ...bounds, now: () => 2_000 })
    expect(late.notes).to.deep.equal(['a: left out, the time was used up'])
  })
})
