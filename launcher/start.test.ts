import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { launcherBinary } from './testing/binary.ts'
import { controlStatus, untilStatus } from './testing/control.ts'
import { request } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { httpServer } from './testing/programs.ts'
import { until } from './testing/until.ts'

describe('start of a slot', () => {
  let pod: TestPod

  beforeEach(async () => {
    pod = await createPod()
  })
  afterEach(() => pod.end())

  async function writeActive(content: string): Promise<void> {
    await writeFile(join(pod.slotDir, 'active'), content)
  }

  it('starts nothing by itself when no file says so', async () => {
    await pod.keeper()
    const slot = await pod.slot('proxy-1', ['sleep', '1000'])
    expect(await controlStatus(slot.socketPath)).to.deep.include({
      ok: true,
      v: 1,
      slot: 'proxy-1',
      pid: 0,
      want: false,
      terminating: false,
      starts: 0,
      crashes: 0,
      uptimeMs: 0,
      lastExit: null,
      listening: [],
      held: 0,
      seccomp: true,
    })
  })

  const cases: readonly { readonly active: string; readonly want: boolean }[] = [
    { active: 'proxy-1\n', want: true },
    { active: 'proxy-1', want: true },
    { active: 'proxy-2\n', want: false },
    { active: 'proxy-11\n', want: false },
    { active: '', want: false },
    { active: 'x'.repeat(4096), want: false },
  ]
  for (const { active, want } of cases) {
    it(`${want ? 'starts' : 'does not start'} by itself for active = ${JSON.stringify(active.slice(0, 12))}`, async () => {
      await (await pod.slot('proxy-9', ['sleep', '1000'])).end() // makes the directory
      await writeActive(active)
      await pod.keeper()
      const slot = await pod.slot('proxy-1', ['sleep', '1000'])
      if (want) await untilStatus(slot.socketPath, 'it runs', (status) => status.pid > 0)
      expect((await controlStatus(slot.socketPath)).want).to.equal(want)
    })
  }

  it('of the active one waits for a keeper before it starts its child', async () => {
    const port = await freePort()
    await pod.slot('proxy-2', ['sleep', '1000'])
    await writeActive('proxy-1\n')
    const slot = await pod.slot('proxy-1', httpServer('v1', [`127.0.0.1:${port}`]))
    await until('it says that it waits', () =>
      slot.output.some((line) => line.includes('waits for the keeper')),
    )
    expect(await controlStatus(slot.socketPath)).to.include({ want: true, pid: 0, keeper: false })
    await pod.keeper()
    await untilStatus(slot.socketPath, 'it listens', (status) => status.listening.length === 1)
    expect(await request(port)).to.equal('v1')
  })

  it('of a restarted container takes the listeners that others hold', async () => {
    const port = await freePort()
    await pod.keeper()
    const command = httpServer('v1', [`127.0.0.1:${port}`])
    const first = await pod.slot('proxy-1', command)
    await controlStatus(first.socketPath, 'start')
    await untilStatus(first.socketPath, 'it listens', (status) => status.listening.length === 1)
    await writeActive('proxy-1\n')
    await first.end()
    const waiting = request(port)
    const second = await pod.slot('proxy-1', command)
    expect(await waiting).to.equal('v1')
    expect(await controlStatus(second.socketPath)).to.include({ boot: 2, starts: 1 })
  })

  it('needs no keeper when none is named', async () => {
    const port = await freePort()
    const slot = await pod.slot('proxy-1', httpServer('v1', [`127.0.0.1:${port}`]), { alone: true })
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', (status) => status.listening.length === 1)
    expect(await controlStatus(slot.socketPath)).to.include({ keeper: false, held: 1 })
  })

  it('runs its child without the filter where seccomp notification is not to be had', async () => {
    const port = await freePort()
    // One filter with a listener is all that a process can have: under a launcher, another gets EBUSY.
    const inner = [
      ...[await launcherBinary(), 'run', '--slot', 'inner', '--dir', pod.slotDir, '--'],
      ...httpServer('v1', [`127.0.0.1:${port}`]),
    ]
    const outer = await pod.slot('proxy-1', inner, { alone: true })
    const innerSocket = join(pod.slotDir, 'inner.sock')
    await controlStatus(outer.socketPath, 'start')
    await untilStatus(innerSocket, 'it is up', (status) => status.seccomp)
    await controlStatus(innerSocket, 'start')
    await until('it serves', async () => (await request(port)) === 'v1')
    expect(await controlStatus(innerSocket)).to.include({ seccomp: false, held: 0, crashes: 0 })
    expect(outer.output.join('\n')).to.include('no seccomp notification')
    await controlStatus(innerSocket, 'stop')
    await untilStatus(innerSocket, 'it is gone', (status) => status.pid === 0)
  })

  it('counts its boots in a file', async () => {
    for (const boot of [1, 2, 3]) {
      const slot = await pod.slot('proxy-1', ['sleep', '1000'])
      expect((await controlStatus(slot.socketPath)).boot).to.equal(boot)
      expect(await readFile(join(pod.slotDir, 'proxy-1.boots'), 'utf8')).to.equal(`${boot}\n`)
      await slot.end()
    }
  })

  it('counts from 1 when the file holds rubbish', async () => {
    await (await pod.slot('proxy-1', ['sleep', '1000'])).end()
    await writeFile(join(pod.slotDir, 'proxy-1.boots'), 'rubbish')
    const slot = await pod.slot('proxy-1', ['sleep', '1000'])
    expect((await controlStatus(slot.socketPath)).boot).to.equal(1)
  })

  it('makes its directory so that an agent with another uid can write to it', async () => {
    const slot = await pod.slot('proxy-1', ['sleep', '1000'])
    expect((await stat(pod.slotDir)).mode & 0o7777).to.equal(0o777)
    expect((await stat(slot.socketPath)).mode & 0o777).to.equal(0o666)
  })

  it('tells its child which slot it is, and passes the environment on', async () => {
    await pod.keeper()
    const slot = await pod.slot(
      'proxy-1',
      ['/bin/sh', '-c', 'echo $BATON_SLOT $MORE; exec sleep 1000'],
      {
        env: { MORE: 'kept' },
      },
    )
    await controlStatus(slot.socketPath, 'start')
    await until('it speaks', () => slot.output.includes('proxy-1 kept'))
  })
})
