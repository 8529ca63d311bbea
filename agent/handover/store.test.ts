import { expect } from 'chai'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asideDrain, NOW, stateIn, WALL } from '../testing/handovers.ts'
import type { Draining } from './state.ts'
import { phases } from './state.ts'
import { formatState, parseState } from './stateFile.ts'
import { HandoverStore, StateNotWritten } from './store.ts'

const clock = { now: () => NOW, wall: () => WALL }

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
      const aside = asideDrain({ stopOrderedAt: NOW })
      const turnedBack = aside.record
      const aborted = { reason: 'ProxyExited', message: 'It exited.' }
      const state = stateIn(phase, { aborted, aside, turnedBack, restartedAt: NOW })
      expect(parseState(formatState(state), clock)).to.deep.equal(state)
    })
  }

  it('is absent before it is written, and leaves no other files when it is', () => {
    const store = new HandoverStore(directory, clock)
    expect(store.read()).to.equal(null)
    expect(store.readActive()).to.equal(null)
    store.write(stateIn('Starting'))
    store.writeActive('proxy-1')
    expect(store.read()).to.deep.equal(stateIn('Starting'))
    expect(store.readActive()).to.equal('proxy-1')
    expect(readdirSync(directory).sort()).to.deep.equal(['active', 'handover.json'])
  })

  it('is not gone on from when the file active says that the new process has taken over since', () => {
    const store = new HandoverStore(directory, clock)
    store.write(stateIn('Confirming'))
    store.writeActive('proxy-2')
    expect(store.read()).to.equal(null)
  })

  it('of the version before, with times of the wall clock, is read and goes on', () => {
    const { aside, turnedBack, restartedAt, ...state } = stateIn('Draining') as Draining
    const { old, ...before } = state
    const at = WALL - 4000
    const record = { ...before.record, startedAt: at, servingAt: at, drainStartedAt: at + 1000 }
    const text = JSON.stringify({ v: 1, ...before, since: at + 1000, record })
    writeFileSync(join(directory, 'handover.json'), text)
    const read = new HandoverStore(directory, clock).read()
    expect(read).to.include({ phase: 'Draining', since: NOW - 3000, old: null, aside: null })
    expect(read).to.deep.include({
      record: {
        ...before.record,
        ...{ startedAt: NOW - 4000, startedWall: at, servingAt: NOW - 4000 },
        ...{ drainStartedAt: NOW - 3000 },
      },
    })
    expect([aside, turnedBack, restartedAt, old]).to.have.length(4)
  })

  it('can be asked for, for somebody may have removed it', () => {
    const store = new HandoverStore(join(directory, 'proxy'), clock)
    expect(store.has()).to.equal(false)
    store.write(stateIn('Settled'))
    expect(store.has()).to.equal(true)
    rmSync(join(directory, 'proxy'), { recursive: true })
    expect(store.has()).to.equal(false)
    store.writeActive('proxy-1')
    expect(store.readActive()).to.equal('proxy-1')
  })

  it('that cannot be written is an error with the path, and the last one stays', () => {
    const store = new HandoverStore(directory, clock)
    store.write(stateIn('Starting'))
    // Nobody can write a file where a directory is, whatever user runs this.
    mkdirSync(join(directory, 'handover.json.agent'))
    expect(() => {
      store.write(stateIn('Settled'))
    })
      .to.throw(StateNotWritten, 'handover.json cannot be written: EISDIR')
      .with.property('code', 'BATON_STATE_NOT_WRITTEN')
    expect(store.read()).to.have.property('phase', 'Starting')
  })

  const broken = [
    '',
    '{',
    '{"v":2,"phase":"Settled"}',
    '{"v":3,"phase":"Settled"}',
    '{"v":1,"phase":"Resting"}',
    '{"v":1}',
  ]
  for (const text of broken) {
    it(`is refused when it is '${text}'`, () => {
      writeFileSync(join(directory, 'handover.json'), text)
      expect(() => new HandoverStore(directory, clock).read()).to.throw('handover.json')
    })
  }
})
