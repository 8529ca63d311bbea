import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { controlStatus, untilStatus } from './testing/control.ts'
import { request, startLoad } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

describe('deaths', function () {
  this.timeout(120_000)
  let pod: TestPod
  let port: number

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
  })
  afterEach(() => pod.end())

  const server = (version: string) => httpServer(version, [`0.0.0.0:${port}`])

  async function serve(slot: StartedSlot): Promise<void> {
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', (status) => status.listening.length === 1)
  }

  it('restarts a child that exits at once with growing pauses, and stays itself', async () => {
    const slot = await pod.slot('proxy-1', ['/bin/false'], {})
    await pod.keeper()
    const began = performance.now()
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it was started five times', (one) => one.starts >= 5)
    expect(performance.now() - began).to.be.above(50 + 100 + 200 + 400 - 20)
    expect(pauses(slot).slice(0, 4)).to.deep.equal([50, 100, 200, 400])
    const status = await controlStatus(slot.socketPath, 'stop')
    expect(status.lastExit).to.include({ code: 1, signal: 0 })
    expect(status.crashes).to.be.at.least(4)
  })

  it('says that a program which is not there cannot be started', async () => {
    const slot = await pod.slot('proxy-1', ['/no/such/program'])
    await pod.keeper()
    await controlStatus(slot.socketPath, 'start')
    const status = await untilStatus(slot.socketPath, 'it crashed', (one) => one.crashes > 0)
    expect(status.lastExit).to.include({ code: 127, signal: 0 })
    expect(slot.output.join('\n')).to.include('program could not be started')
  })

  it('resets the backoff when it is told to start', async () => {
    const slot = await pod.slot('proxy-1', ['/bin/false'])
    await pod.keeper()
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'the pauses are long', (status) => status.crashes >= 5)
    await controlStatus(slot.socketPath, 'start')
    await until('the pauses are short again', () => pauses(slot).lastIndexOf(50) > 0)
  })

  it('restarts a killed child on its listeners and refuses nobody', async () => {
    await pod.keeper()
    const slot = await pod.slot('proxy-1', server('v1'))
    await serve(slot)
    const load = startLoad(port)
    await until('it serves', () => load.count('v1') > 20)
    const { pid } = await controlStatus(slot.socketPath)
    process.kill(pid, 'SIGKILL')
    await untilStatus(
      slot.socketPath,
      'it runs again',
      (status) => status.pid > 0 && status.pid !== pid,
    )
    const before = load.count('v1')
    await until('it serves again', () => load.count('v1') > before + 10)
    const { lost } = await load.stop()
    expect(lost).to.not.include('ECONNREFUSED')
    expect(lost.length, 'only what was in flight').to.be.at.most(4)
    expect((await controlStatus(slot.socketPath)).lastExit).to.include({ code: 0, signal: 9 })
  })

  it('as PID 1 collects what its child leaves, and stays when the child dies', async function () {
    if (process.getuid?.() !== 0) this.skip() // a PID namespace needs root
    await pod.keeper()
    // The shell between them ends at once: `sleep` is left to PID 1, which is to collect it.
    const script =
      'orphan=$(sh -c "sleep 0.2 >/dev/null & echo \\$!"); ' +
      'while [ -e /proc/$orphan ]; do sleep 0.05; done; ' +
      'for p in /proc/[0-9]*; do echo $p; done; exec sleep 1000'
    const slot = await pod.slot('proxy-1', ['/bin/sh', '-c', script], { pidNamespace: true })
    await controlStatus(slot.socketPath, 'start')
    await until('it has looked around', () => slot.output.includes('/proc/1'))
    const { pid } = await controlStatus(slot.socketPath)
    expect(slot.output.filter((line) => line.startsWith('/proc/'))).to.deep.equal([
      '/proc/1',
      `/proc/${pid}`,
    ])
    await controlStatus(slot.socketPath, 'signal KILL')
    const status = await untilStatus(slot.socketPath, 'it runs again', (one) => one.starts === 2)
    expect(status).to.include({ boot: 1, crashes: 1 })
  })

  it('kills what a killed master leaves behind', async () => {
    await pod.keeper()
    const slot = await pod.slot('proxy-1', ['/bin/sh', '-c', 'sleep 1000 & echo worker $!; wait'])
    await controlStatus(slot.socketPath, 'start')
    const line = await until('it has a worker', () =>
      slot.output.find((one) => one.startsWith('worker')),
    )
    const worker = Number(line.split(' ')[1])
    const { pid } = await controlStatus(slot.socketPath)
    process.kill(pid, 'SIGKILL')
    await until('the worker is gone', () => !isAlive(worker))
    await controlStatus(slot.socketPath, 'stop')
    await untilStatus(slot.socketPath, 'all are gone', (status) => status.pid === 0)
  })

  it('refills a keeper that was killed, and the next version adopts as before', async () => {
    const first = await pod.keeper()
    const v1 = await pod.slot('proxy-1', server('v1'))
    const v2 = await pod.slot('proxy-2', server('v2'))
    await serve(v1)
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    const load = startLoad(port)
    await first.end()
    for (const slot of [v1, v2]) {
      const status = await untilStatus(slot.socketPath, 'it knows', (one) => !one.keeper)
      expect(status.held).to.equal(1)
    }
    await pod.keeper()
    const third = await pod.slot('proxy-3', server('v3'))
    await untilStatus(third.socketPath, 'it got a copy', (status) => status.held === 1)
    await serve(v2)
    await controlStatus(v1.socketPath, 'stop')
    await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    const before = load.count('v2')
    await until('v2 serves', () => load.count('v2') > before + 20)
    expect((await load.stop()).lost).to.be.empty
  })

  it('hands over without a keeper, from copies', async () => {
    const keeper = await pod.keeper()
    const v1 = await pod.slot('proxy-1', server('v1'))
    const v2 = await pod.slot('proxy-2', server('v2'))
    await serve(v1)
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    await keeper.end()
    await serve(v2)
    await controlStatus(v1.socketPath, 'stop')
    expect(await request(port)).to.match(/^v[12]$/)
  })

  it('refuses a bind that neither keeper nor copy can answer, rather than split the traffic', async () => {
    const keeper = await pod.keeper()
    const other = await freePort()
    const v1 = await pod.slot('proxy-1', server('v1'))
    const v2 = await pod.slot('proxy-2', httpServer('v2', [`0.0.0.0:${other}`]))
    await serve(v1)
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    await keeper.end()
    await controlStatus(v2.socketPath, 'start')
    await untilStatus(v2.socketPath, 'it was refused', (status) => status.crashes > 0)
    expect(v2.output.join('\n')).to.include('EADDRINUSE')
    expect(await request(port)).to.equal('v1')
  })

  it('keeps ports open when launcher and child are killed; the other slot takes over', async () => {
    await pod.keeper()
    const v1 = await pod.slot('proxy-1', server('v1'))
    const v2 = await pod.slot('proxy-2', server('v2'))
    await serve(v1)
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    const { pid } = await controlStatus(v1.socketPath)
    await v1.end()
    await until('its child died with it', () => !isAlive(pid))
    const waiting = request(port)
    await serve(v2)
    expect(await waiting, 'it waited in the queue').to.equal('v2')
  })

  it('lets listeners live in one launcher when keeper and active launcher are killed', async () => {
    const keeper = await pod.keeper()
    const v1 = await pod.slot('proxy-1', server('v1'))
    const v2 = await pod.slot('proxy-2', server('v2'))
    await serve(v1)
    await untilStatus(v2.socketPath, 'it has a copy', (status) => status.held === 1)
    await Promise.all([keeper.end(), v1.end()])
    const waiting = request(port)
    await serve(v2)
    expect(await waiting).to.equal('v2')
  })
})

/** The pauses that the launcher has told after each end, in milliseconds. */
function pauses(slot: StartedSlot): readonly number[] {
  return slot.output.flatMap((line) => {
    const pause = /"backoffMs":(\d+)/.exec(line)?.[1]
    return pause === undefined ? [] : [Number(pause)]
  })
}

/** Zombies count as dead: who reaps them depends on who runs the test. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
