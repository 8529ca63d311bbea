import { expect } from 'chai'
import { after, afterEach, before, beforeEach, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { control, controlStatus, untilStatus, watchSlot } from './testing/control.ts'
import { request, startLoad } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { SlotOverrides, TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import type { StartedProcess } from './testing/process.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

const execute = promisify(execFile)

describe('the decision to stand in', () => {
  let directory: string

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'baton-stand-in-'))
    const sources = ['testing/programs/standIn.c', 'stand_in.c', 'clock.c']
    const paths = sources.map((name) => join(import.meta.dirname, name))
    await execute('musl-gcc', ['-D_GNU_SOURCE', '-o', join(directory, 'standIn'), ...paths])
  })
  after(() => rm(directory, { recursive: true }))

  interface View {
    readonly terminating?: boolean
    readonly notExecuted?: number
    readonly held?: number
    readonly activeAway?: number
    readonly keeperAway?: number
  }
  const cases: Record<string, readonly [View, at: string]> = {
    'is not made while the active slot is there': [{ keeperAway: 0 }, '-'],
    'comes 1.5 s after the active slot went, while the agent is there': [
      { activeAway: 1000 },
      '2500',
    ],
    'comes 0.3 s after both went together': [{ activeAway: 1000, keeperAway: 1000 }, '1300'],
    'counts from the active slot, when the agent was away long before': [
      { activeAway: 9000, keeperAway: 10 },
      '9300',
    ],
    'counts from the agent, when it goes a little later': [
      { activeAway: 1000, keeperAway: 1100 },
      '1400',
    ],
    'is not put off by an agent that goes late': [{ activeAway: 1000, keeperAway: 2400 }, '2500'],
    'is not made without listeners': [{ activeAway: 0, keeperAway: 0, held: 0 }, '-'],
    'is not made once SIGTERM was received': [
      { activeAway: 0, keeperAway: 0, terminating: true },
      '-',
    ],
    'is made after two starts that came to nothing': [
      { activeAway: 0, keeperAway: 0, notExecuted: 2 },
      '300',
    ],
    'is not made when the program could not be executed three times': [
      { activeAway: 0, keeperAway: 0, notExecuted: 3 },
      '-',
    ],
  }
  for (const [name, [view, at]] of Object.entries(cases)) {
    it(name, async () => {
      const { terminating = false, notExecuted = 0, held = 1, activeAway, keeperAway } = view
      const words = [Number(terminating), notExecuted, held, activeAway ?? '-', keeperAway ?? '-']
      const { stdout } = await execute(join(directory, 'standIn'), words.map(String))
      expect(stdout.trim()).to.equal(at)
    })
  }
})

describe('a slot that stands in', function () {
  this.timeout(120_000)
  let pod: TestPod
  let port: number
  let keeper: StartedProcess
  let active: StartedSlot
  let standby: StartedSlot

  const server = (version: string) => httpServer(version, [`127.0.0.1:${port}`])
  const name = (slot: string) => writeFile(join(pod.slotDir, 'active'), `${slot}\n`)
  const status = () => controlStatus(standby.socketPath)

  /** proxy-1 serves v1 and is the active slot, proxy-2 is ready to. */
  async function serve(second = server('v2'), options: SlotOverrides = {}): Promise<void> {
    active = await pod.slot('proxy-1', server('v1'))
    standby = await pod.slot('proxy-2', second, options)
    await controlStatus(active.socketPath, 'start')
    await untilStatus(active.socketPath, 'it listens', (one) => one.listening.length === 1)
    await untilStatus(standby.socketPath, 'it has a copy', (one) => one.held === 1)
    await name('proxy-1')
    await untilWatched(active)
  }

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    keeper = await pod.keeper({ allowUids: [4242] })
  })
  afterEach(() => pod.end())

  it('serves when the active one and the agent are killed; nobody is refused', async function () {
    await serve()
    const watch = watchSlot(standby.socketPath)
    const load = startLoad(port)
    await until('it serves', () => load.count('v1') > 50)
    const killedAt = performance.now()
    await Promise.all([active.end(), keeper.end()])
    await until('the other serves', () => load.count('v2') > 0)
    const pauseMs = Math.round(performance.now() - killedAt)
    await until('and goes on', () => load.count('v2') > 50)
    const { lost, sent } = await load.stop()
    console.log(`      ${sent} requests, ${lost.length} cut in flight, pause ${pauseMs} ms`)
    expect(lost).to.not.include('ECONNREFUSED')
    expect(lost, 'nobody waited in vain').to.not.include('ETIMEDOUT')
    expect(lost.length, 'only what was in flight').to.be.at.most(4)
    expect(pauseMs).to.be.at.least(250)
    expect(await status()).to.include({ standIn: true, want: true, keeper: false })
    expect(watch.lines.map((line) => line['event'])).to.include('standIn')
    watch.close()
  })

  it('is missed where no slot is named as active: clients wait (control)', async () => {
    await serve()
    await name('')
    await Promise.all([active.end(), keeper.end()])
    const killedAt = performance.now()
    const signal = AbortSignal.timeout(20_000)
    const waiting = fetch(`http://127.0.0.1:${port}`, { signal }).then(
      async (answer) => ({ version: await answer.text(), afterMs: performance.now() - killedAt }),
      (error: unknown) => ({ version: String(error), afterMs: 0 }),
    )
    await until('two seconds have gone', () => performance.now() - killedAt > 2000)
    expect(await status()).to.include({ standIn: false, pid: 0 })
    await controlStatus(standby.socketPath, 'start')
    const { version, afterMs } = await waiting
    expect(version).to.equal('v2\n')
    expect(afterMs).to.be.above(2000)
  })

  it('leaves the agent its time: with a keeper it waits for more than a second', async () => {
    await serve()
    const killedAt = performance.now()
    await active.end()
    await untilStatus(standby.socketPath, 'it stands in', (one) => one.standIn)
    expect(performance.now() - killedAt).to.be.above(1400)
    expect(await request(port)).to.equal('v2')
  })

  it('does not while the active one comes back in time, again and again', async () => {
    await serve()
    for (let round = 0; round < 6; round++) {
      await active.end()
      const awayAt = performance.now()
      await until('it was away for a while', () => performance.now() - awayAt > 300)
      active = await pod.slot('proxy-1', server('v1'))
      await untilStatus(active.socketPath, 'it listens', (one) => one.listening.length === 1)
      await untilWatched(active)
    }
    expect(await status()).to.include({ standIn: false, pid: 0, starts: 0 })
  })

  it('does not while the active one is alive, with or without an agent', async () => {
    await serve()
    await keeper.end()
    const { pid } = await controlStatus(active.socketPath)
    process.kill(pid, 'SIGKILL') // only its child: its launcher starts another
    await untilStatus(
      active.socketPath,
      'it has served for long',
      (one) => one.starts === 2 && one.uptimeMs > 2000,
    )
    expect(await status()).to.include({ standIn: false, starts: 0 })
  })

  it('does not once it was asked to terminate', async () => {
    await serve()
    standby.kill('SIGSTOP') // so that it learns of both at once
    standby.kill('SIGTERM')
    await Promise.all([active.end(), keeper.end()])
    standby.kill('SIGCONT')
    expect(await standby.exited).to.deep.equal({ code: 0, signal: null })
    expect(standby.output.join('\n')).to.not.include('stands in')
  })

  it('leaves the start to the one that is named, when both slots restart at once', async () => {
    await serve()
    await Promise.all([active.end(), standby.end()])
    const waiting = request(port)
    const both = await Promise.all([
      pod.slot('proxy-1', server('v1')),
      pod.slot('proxy-2', server('v2')),
    ])
    ;[active, standby] = both
    expect(await waiting).to.equal('v1')
    await untilStatus(active.socketPath, 'it has served for long', (one) => one.uptimeMs > 2000)
    expect(await status()).to.include({ standIn: false, starts: 0, held: 1 })
  })

  it('gives up when its program cannot be executed three times', async () => {
    await serve(['/no/such/program'])
    await Promise.all([active.end(), keeper.end()])
    const given = await untilStatus(
      standby.socketPath,
      'it gave up',
      (one) => one.starts === 3 && !one.want,
    )
    expect(given).to.include({ standIn: false, crashes: 3, pid: 0 })
    const said = standby.output.filter((line) => line.includes('stands in'))
    expect(said).to.have.length(1)
    const later = performance.now() + 1000
    await until('it stays so', async () => performance.now() > later && (await status()).pid === 0)
    expect(await status()).to.include({ starts: 3, standIn: false })
  })

  it('becomes an ordinary one with `start`, and ends with `stop`', async () => {
    await serve()
    await Promise.all([active.end(), keeper.end()])
    const stood = await untilStatus(standby.socketPath, 'it stands in', (one) => one.standIn)
    const started = await controlStatus(standby.socketPath, 'start')
    expect(started).to.include({ standIn: false, want: true })
    const { starts, pid } = await untilStatus(standby.socketPath, 'it runs', (one) => one.pid > 0)
    expect(starts).to.equal(Math.max(stood.starts, 1))
    await name('proxy-2')
    await controlStatus(standby.socketPath, 'stop')
    await untilStatus(standby.socketPath, 'it is gone', (one) => one.pid === 0)
    expect(await control(standby.socketPath, 'status')).to.include({ standIn: false, want: false })
    expect(() => process.kill(pid, 0)).to.throw('ESRCH')
  })

  it('follows the name in the file from one active slot to the next', async () => {
    await serve()
    const third = await pod.slot('proxy-3', server('v3'))
    await controlStatus(third.socketPath, 'start')
    await untilStatus(third.socketPath, 'it listens', (one) => one.listening.length === 1)
    await name('proxy-3')
    await untilWatched(third)
    await controlStatus(active.socketPath, 'stop')
    await keeper.end()
    await active.end()
    await until('it has seen that', () => standby.output.some((line) => line.includes('is gone')))
    expect(await status(), 'the first is of no concern').to.include({ standIn: false })
    await third.end()
    await untilStatus(standby.socketPath, 'it stands in', (one) => one.standIn)
    expect(await request(port)).to.equal('v2')
  })

  it('whatever the user is that it runs as', async function () {
    if (process.getuid?.() !== 0) this.skip() // only root can be somebody else
    active = await pod.slot('proxy-1', server('v1'))
    standby = await pod.slot('proxy-2', server('v2'), { uid: 4242 })
    await controlStatus(active.socketPath, 'start')
    await untilStatus(standby.socketPath, 'it has a copy', (one) => one.held === 1)
    await name('proxy-1')
    const refusals = () => active.output.filter((line) => line.includes('foreign user'))
    await until('it was refused', () => refusals().length > 0)
    await untilStatus(active.socketPath, 'time goes by', (one) => one.uptimeMs > 3000)
    expect(refusals(), 'said once').to.have.length(1)
    expect(await status()).to.include({ standIn: false })
    await Promise.all([active.end(), keeper.end()])
    await untilStatus(standby.socketPath, 'it stands in', (one) => one.standIn)
    expect(await request(port)).to.equal('v2')
  })
})

/** Waits until somebody stays connected to the slot's control socket. */
async function untilWatched(slot: StartedSlot): Promise<void> {
  let before: readonly string[] = []
  await until('it is watched', async () => {
    const now = await connections(slot.socketPath)
    const stays = before.some((inode) => now.includes(inode))
    before = now
    return stays
  })
}

/** Inodes of a unix socket's accepted connections; the kernel knows it by the name it was bound to. */
async function connections(path: string): Promise<readonly string[]> {
  const connected = '03'
  const table = await readFile('/proc/net/unix', 'utf8')
  return table
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[5] === connected && words[7]?.startsWith(path) === true)
    .map((words) => words[6] ?? '')
}
