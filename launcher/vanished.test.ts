import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { launcherBinary } from './testing/binary.ts'
import { controlStatus, untilStatus, watchSlot } from './testing/control.ts'
import { request, startLoad } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { podUid, restricted, startProcess } from './testing/process.ts'
import type { StartedProcess } from './testing/process.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

const execute = promisify(execFile)

describe('a run directory that loses its files', function () {
  this.timeout(120_000)
  let pod: TestPod
  let port: number
  let keeper: StartedProcess

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    keeper = await pod.keeper()
  })
  afterEach(() => pod.end())

  async function serving(): Promise<StartedSlot> {
    const slot = await pod.slot('proxy-1', httpServer('v1', [`127.0.0.1:${port}`]))
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', (status) => status.listening.length === 1)
    return slot
  }

  const boots = (slot: string) =>
    readFile(join(pod.slotDir, `${slot}.boots`), 'utf8').catch(() => '')

  it('gets the control socket again, and who was connected stays so', async () => {
    const slot = await pod.slot('proxy-1', ['sleep', '1000'])
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    await rm(slot.socketPath)
    await untilStatus(slot.socketPath, 'it answers again', (status) => status.boot === 1)
    await controlStatus(slot.socketPath, 'start')
    await until('the watcher is told', () =>
      watch.lines.some((line) => line['event'] === 'started'),
    )
    expect(watch.closed()).to.equal(false)
    watch.close()
  })

  const intruders: Record<string, (path: string) => Promise<unknown>> = {
    'a file': (path) => writeFile(path, 'rubbish'),
    'a socket that nobody listens on': async (path) => {
      const script = `import socket; socket.socket(socket.AF_UNIX).bind(${JSON.stringify(path)})`
      await execute('/usr/bin/python3', ['-c', script])
    },
    'a socket of somebody else': async (path) => {
      const server = createServer((socket) => socket.end('{"ok":false,"error":"not me"}\n'))
      await new Promise<void>((resolve) => server.listen(`${path}.other`, resolve))
      await rename(`${path}.other`, path)
      server.unref()
      return server
    },
  }
  for (const [what, put] of Object.entries(intruders)) {
    it(`gets the control socket again in the place of ${what}`, async () => {
      const slot = await pod.slot('proxy-1', ['sleep', '1000'])
      await rm(slot.socketPath)
      await put(slot.socketPath)
      await untilStatus(slot.socketPath, 'it answers again', (status) => status.boot === 1)
    })

    it(`gets the control socket in the place of ${what} that lies there at the start`, async () => {
      await (await pod.slot('proxy-1', ['sleep', '1000'])).end()
      const path = join(pod.slotDir, 'proxy-1.sock')
      await rm(path)
      await put(path)
      const slot = await pod.slot('proxy-1', ['sleep', '1000'])
      expect(await controlStatus(slot.socketPath)).to.include({ boot: 2 })
    })
  }

  it("gets the keeper's socket again; launchers stay linked, new ones find it", async () => {
    const slot = await serving()
    await rm(pod.keeperPath)
    await until('it is there again', async () => (await stat(pod.keeperPath)).isSocket())
    const next = await pod.slot('proxy-2', ['sleep', '1000'])
    await untilStatus(next.socketPath, 'it has a copy', (status) => status.held === 1)
    expect(await controlStatus(slot.socketPath)).to.include({ keeper: true })
    expect(slot.output.join('\n')).to.not.include('keeper is gone')
    expect(keeper.output.join('\n')).to.include('socket had vanished and is made again')
  })

  it('is filled again when it was emptied, or removed: nobody loses a request', async () => {
    const slot = await serving()
    const load = startLoad(port)
    await until('it serves', () => load.count('v1') > 20)
    for (const name of await readdir(pod.runDir)) {
      await rm(join(pod.runDir, name), { recursive: true })
    }
    await untilStatus(slot.socketPath, 'it answers again', (status) => status.pid > 0)
    await until('its boot is counted', async () => (await boots('proxy-1')) === '1\n')
    expect((await stat(pod.slotDir)).mode & 0o7777).to.equal(0o777)
    const next = await pod.slot('proxy-2', httpServer('v2', [`127.0.0.1:${port}`]))
    await controlStatus(next.socketPath, 'start')
    await untilStatus(next.socketPath, 'it listens', (status) => status.listening.length === 1)
    await controlStatus(slot.socketPath, 'stop')
    await untilStatus(slot.socketPath, 'v1 is gone', (status) => status.pid === 0)
    const before = load.count('v2')
    await until('v2 serves', () => load.count('v2') > before + 20)
    expect((await load.stop()).lost).to.be.empty
  })
})

describe('a run directory that is full', function () {
  this.timeout(120_000)
  let pod: TestPod
  let port: number
  const inodes = 24

  beforeEach(async function () {
    if (process.getuid?.() !== 0) this.skip() // mounts
    pod = await createPod()
    port = await freePort()
    await mkdir(pod.slotDir)
    const options = `size=64k,nr_inodes=${inodes},mode=777`
    await execute('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', pod.slotDir])
    await pod.keeper()
  })
  afterEach(async () => {
    if (process.getuid?.() !== 0) return
    await execute('umount', ['--lazy', pod.slotDir])
    await pod.end()
  })

  const server = () => httpServer('v1', [`127.0.0.1:${port}`])
  const said = (launcher: StartedProcess, message: string) =>
    launcher.output.filter((line) => line.includes(message))

  /** Every byte, or every file, that the directory has room for. */
  async function fill(with_: 'bytes' | 'files'): Promise<void> {
    const file = (index: number) => join(pod.slotDir, `filler-${index}`)
    const content = with_ === 'bytes' ? Buffer.alloc(4096) : ''
    for (let index = 0; index < 100; index++) {
      try {
        await writeFile(file(index), content)
      } catch (error) {
        expect(error).to.include({ code: 'ENOSPC' })
        return
      }
    }
    throw new Error('it was not to be filled')
  }

  async function makeRoom(): Promise<void> {
    for (const name of await readdir(pod.slotDir)) {
      if (name.startsWith('filler')) await rm(join(pod.slotDir, name))
    }
  }

  it('does not keep a slot from serving; the boot is written when there is room', async () => {
    await (await pod.slot('proxy-1', server())).end()
    await writeFile(join(pod.slotDir, 'active'), 'proxy-1\n')
    await fill('bytes')
    const slot = await pod.slot('proxy-1', server())
    const status = await untilStatus(slot.socketPath, 'it serves', (one) => one.uptimeMs > 2500)
    expect(status).to.include({ boot: 2 })
    expect(await request(port)).to.equal('v1')
    expect(said(slot, 'boot cannot be written'), 'said once').to.have.length(1)
    await makeRoom()
    const path = join(pod.slotDir, 'proxy-1.boots')
    await until('it is written', async () => (await readFile(path, 'utf8')) === '2\n')
  })

  it('without room for a socket does not either; it is made when there is room', async () => {
    await (await pod.slot('proxy-1', server())).end()
    await writeFile(join(pod.slotDir, 'active'), 'proxy-1\n')
    await fill('files')
    const words = ['run', '--slot', 'proxy-1', '--dir', pod.slotDir, '--keeper', pod.keeperPath]
    const launcher = startProcess([
      ...restricted(podUid),
      await launcherBinary(),
      ...[...words, '--', ...server()],
    ])
    try {
      const began = performance.now()
      await until('it serves', async () => (await request(port)) === 'v1')
      await until('time goes by', () => performance.now() - began > 2500)
      expect(said(launcher, 'socket cannot be made'), 'said once').to.have.length(1)
      await makeRoom()
      const path = join(pod.slotDir, 'proxy-1.sock')
      await untilStatus(path, 'it answers', (status) => status.boot === 2)
      expect(await request(port)).to.equal('v1')
    } finally {
      await launcher.end()
    }
  })
})
