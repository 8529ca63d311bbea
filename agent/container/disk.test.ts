import { expect } from 'chai'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { HandoverStore } from '../handover/store.ts'
import { jsonLogger } from '../log.ts'
import { NOW, stateIn, WALL } from '../testing/handovers.ts'
import { Disk } from './disk.ts'

describe('a disk', () => {
  let directory: string
  let lines: string[]
  let store: HandoverStore
  let disk: Disk
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-disk-'))
    lines = []
    store = new HandoverStore(directory, { now: () => NOW, wall: () => WALL })
    disk = new Disk(
      store,
      jsonLogger((line) => lines.push(line)),
    )
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })

  /** Nobody can write a file where a directory is, whatever user runs this. */
  const obstacle = () => join(directory, 'handover.json.agent')

  it('that fails is told once, with the remedy, and again when it is well', () => {
    mkdirSync(obstacle())
    expect(disk.write(stateIn('Settled'))).to.equal(false)
    expect(disk.write(stateIn('Settled'))).to.equal(false)
    expect(disk.blocked).to.match(/^Nothing new is begun until it can be written: .*handover\.json/)
    expect(lines).to.have.length(1)
    rmSync(obstacle(), { recursive: true })
    expect(disk.repair(stateIn('Settled'))).to.equal(true)
    expect(disk.blocked).to.equal(null)
    expect(lines).to.have.length(2)
    expect(store.read()).to.deep.equal(stateIn('Settled'))
  })

  it('from which somebody removed the state gets it back', () => {
    disk.write(stateIn('Draining'))
    expect(disk.repair(stateIn('Draining'))).to.equal(false)
    rmSync(join(directory, 'handover.json'))
    expect(disk.repair(stateIn('Draining'))).to.equal(true)
    expect(store.read()).to.deep.equal(stateIn('Draining'))
  })

  it('that fails in mid-act leaves the act undone; what else fails is no matter of it', async () => {
    mkdirSync(join(directory, 'active.agent'))
    const act = async (): Promise<void> => {
      await Promise.resolve()
      store.writeActive('proxy-1')
    }
    expect(await disk.attempt(act)).to.equal(false)
    const broken = disk.attempt(() => Promise.reject(new Error('other')))
    expect(await broken.catch((error: unknown) => String(error))).to.equal('Error: other')
  })
})
