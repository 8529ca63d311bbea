import { expect } from 'chai'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stateIn } from '../testing/handovers.ts'
import { phases } from './state.ts'
import { formatState, HandoverStore, parseState } from './store.ts'

describe('the state on disk', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-store-'))
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })

  for (const phase of phases) {
    it(`comes back as it was written while ${phase}`, () => {
      const state = stateIn(phase, { aborted: { reason: 'ProxyExited', message: 'It exited.' } })
      expect(parseState(formatState(state))).to.deep.equal(state)
    })
  }

  it('is absent before it is written, and leaves no other files when it is', () => {
    const store = new HandoverStore(directory)
    expect(store.read()).to.equal(null)
    expect(store.readActive()).to.equal(null)
    store.write(stateIn('Starting'))
    store.writeActive('proxy-2')
    expect(store.read()).to.deep.equal(stateIn('Starting'))
    expect(store.readActive()).to.equal('proxy-2')
    expect(readdirSync(directory).sort()).to.deep.equal(['active', 'handover.json'])
  })

  const broken = ['', '{', '{"v":2,"phase":"Settled"}', '{"v":1,"phase":"Resting"}', '{"v":1}']
  for (const text of broken) {
    it(`is refused when it is '${text}'`, () => {
      writeFileSync(join(directory, 'handover.json'), text)
      expect(() => new HandoverStore(directory).read()).to.throw('handover.json')
    })
  }
})
