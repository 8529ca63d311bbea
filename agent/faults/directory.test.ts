import { expect } from 'chai'
import { chmodSync, linkSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { until } from '../../launcher/testing/until.ts'
import { startClients } from '../testing/clients.ts'
import type { HotPod } from '../testing/hotPod.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('the run directory', function () {
  this.timeout(120_000)
  let started: ProgramPod
  afterEach(() => started.end())

  before(function () {
    // Only root may mount a file system that is small enough to be filled.
    if (process.getuid?.() !== 0) this.skip()
  })

  it('that is full stops no failover, and no handover once there is room again', async () => {
    started = await programPod({ runSizeKiB: 256 })
    const { pod, command, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await pod.restartSlot('proxy-2', command('v2'))
    const room = fill(pod)
    pod.slot('proxy-1').kill('SIGKILL')
    await until('the other slot serves', async () => {
      const { slots } = await pod.container()
      return slots['proxy-2']?.running === true
    })
    await pod.startSlot('proxy-1', command('v1'))
    room()
    await pod.order('up', 'proxy-2', upgrade)
    await rests(pod, 'proxy-2')
    expect(await clients.stop()).to.include({ refused: 0, late: 0 })
  })

  it('that is full when an upgrade is under way delays it', async () => {
    started = await programPod({ runSizeKiB: 256 })
    const { pod, command, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Waiting')
    const room = fill(pod)
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.looksAgain(3)
    expect(pod.activeFile).to.equal('proxy-1')
    expect((await pod.container()).blocked).to.contain('no space left')
    room()
    await rests(pod, 'proxy-2')
    const { served, ...lost } = await clients.stop()
    expect(lost).to.deep.equal({ refused: 0, cut: 0, late: 0 })
    expect(served).to.include.keys('v1', 'v2')
  })

  it('that is emptied is made again, and the next upgrade is like any other', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const clients = startClients(ports[0] ?? 0)
    // The agent puts its files back meanwhile.
    const again = { recursive: true, maxRetries: 10 }
    for (const name of readdirSync(pod.runDir)) {
      if (name !== 'podinfo') rmSync(join(pod.runDir, name), again)
    }
    await until(
      'the slots are found again',
      async () => {
        const { slots } = await pod.container()
        return Object.values(slots).every(({ boot }) => boot > 0)
      },
      60_000,
    )
    await rests(pod, 'proxy-1')
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', upgrade)
    await rests(pod, 'proxy-2')
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })

  it('with sockets that nobody listens on is used all the same', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const clients = startClients(ports[0] ?? 0)
    pod.slot('proxy-2').kill('SIGKILL')
    await pod.slot('proxy-2').exited
    await leaveStaleSocket(join(pod.runDir, 'proxy', 'proxy-2.sock'))
    await pod.startSlot('proxy-2', command('v2'))
    await leaveStaleSocket(join(pod.runDir, 'agent.sock'))
    await pod.killAgent()
    await pod.order('up', 'proxy-2', upgrade)
    await rests(pod, 'proxy-2')
    expect(await pod.hook('nothing')).to.contain('unknown command')
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })
})

/** Fills the run directory to its last byte; what is returned makes room again. */
function fill({ runDir }: HotPod): () => void {
  const path = join(runDir, 'filler')
  const chunk = Buffer.alloc(4096)
  try {
    for (;;) writeFileSync(path, chunk, { flag: 'a' })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
  }
  return () => {
    rmSync(path)
  }
}

/** A socket file as a process leaves it that was killed. */
async function leaveStaleSocket(path: string): Promise<void> {
  rmSync(path, { force: true })
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(`${path}.other`, resolve))
  // Closing would remove the file; the name it was bound by is another one by then.
  linkSync(`${path}.other`, path)
  chmodSync(path, 0o666)
  await new Promise((resolve) => server.close(resolve))
}
