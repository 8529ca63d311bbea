import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { control, controlStatus, listHeld, untilStatus } from './testing/control.ts'
import { request, startLoad } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort, freePorts } from './testing/ports.ts'
import { askingServer, httpServer, threadedServer } from './testing/programs.ts'
import { until } from './testing/until.ts'

describe('adopting listeners', function () {
  this.timeout(120_000)
  let pod: TestPod

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  async function start(slot: string, command: readonly string[], listeners: number) {
    const started = await pod.slot(slot, command)
    await controlStatus(started.socketPath, 'start')
    await untilStatus(
      started.socketPath,
      `${slot} listens`,
      (status) => status.listening.length === listeners,
    )
    return started
  }

  const programs: Record<string, (version: string, port: number) => readonly string[]> = {
    'a Node server': (version, port) => httpServer(version, [`0.0.0.0:${port}`]),
    'a threaded Python server': (version, port) => threadedServer(version, '0.0.0.0', port),
    // As HAProxy does.
    'a server that asks whether its socket listens': (version, port) =>
      askingServer(version, '0.0.0.0', port),
  }
  for (const [name, program] of Object.entries(programs)) {
    it(`hands the listener of ${name} from v1 to v2 and refuses nobody`, async () => {
      const port = await freePort()
      const v1 = await start('proxy-1', program('v1', port), 1)
      const load = startLoad(port)
      await until('v1 serves', () => load.count('v1') > 50)
      await start('proxy-2', program('v2', port), 1)
      await until('v2 serves beside v1', () => load.count('v2') > 20)
      await controlStatus(v1.socketPath, 'stop')
      await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
      const before = load.count('v2')
      await until('v2 serves alone', () => load.count('v2') > before + 50)
      const result = await load.stop()
      // Python ends at once on SIGTERM: what it had accepted is cut, but nothing is refused.
      const refused = result.lost.filter((code) => code === 'ECONNREFUSED')
      expect(refused).to.be.empty
      if (name === 'a Node server') expect(result.lost).to.be.empty
      expect(result.served.get('v1')).to.be.greaterThan(50)
      expect(result.served.get('v2')).to.be.greaterThan(70)
    })
  }

  it('loses requests when the same switch is made without handing over', async () => {
    const port = await freePort()
    const command = (version: string) => httpServer(version, [`0.0.0.0:${port}`])
    const v1 = await pod.slot('proxy-1', command('v1'), { privatePorts: { [port]: port } })
    const v2 = await pod.slot('proxy-2', command('v2'), { privatePorts: { [port]: port } })
    await controlStatus(v1.socketPath, 'start')
    await until('v1 serves', () => request(port))
    const load = startLoad(port)
    await until('v1 serves', () => load.count('v1') > 20)
    await controlStatus(v1.socketPath, 'stop')
    await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    await controlStatus(v2.socketPath, 'start')
    await until('v2 serves', () => load.count('v2') > 20)
    expect((await load.stop()).lost).to.include('ECONNREFUSED')
  })

  it('keeps what a new version with fewer listeners does not want', async () => {
    const [kept = 0, left = 0] = await freePorts(2)
    const v1 = await start('proxy-1', httpServer('v1', [`0.0.0.0:${kept}`, `0.0.0.0:${left}`]), 2)
    const v2 = await start('proxy-2', httpServer('v2', [`0.0.0.0:${kept}`]), 1)
    await controlStatus(v1.socketPath, 'stop')
    await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    const waiting = request(left).catch(() => 'cut')
    const held = await until('the connection waits in the queue', async () =>
      (await listHeld(v2.socketPath)).find((one) => one.queue === 1),
    )
    expect(held.address).to.equal(`0.0.0.0:${left}`)
    const answer = await control(v2.socketPath, `drop ${held.address}`)
    expect(answer).to.deep.equal({ ok: true, v: 1 })
    expect(await waiting, 'the last copy was closed').to.equal('cut')
    for (const slot of [v1, v2]) {
      const status = await untilStatus(slot.socketPath, 'dropped', (one) => one.held === 1)
      expect(status.held).to.equal(1)
    }
  })

  it('gives a private port to each slot and holds neither', async () => {
    const [port = 0, admin = 0, other = 0] = await freePorts(3)
    const command = (version: string) =>
      httpServer(version, [`0.0.0.0:${port}`, `127.0.0.1:${admin}`])
    const v1 = await pod.slot('proxy-1', command('v1'), { privatePorts: { [admin]: admin } })
    const v2 = await pod.slot('proxy-2', command('v2'), { privatePorts: { [admin]: other } })
    for (const slot of [v1, v2]) {
      await controlStatus(slot.socketPath, 'start')
      await untilStatus(slot.socketPath, 'it listens', (status) => status.listening.length === 1)
    }
    await until('both admins answer', async () => {
      const answers = [await request(admin), await request(other)]
      return answers.join() === 'v1,v2'
    })
    const held = await listHeld(v2.socketPath)
    expect(held.map((one) => one.address)).to.deep.equal([`0.0.0.0:${port}`])
  })

  it('adopts a dual-stack listener: one socket serves IPv4 and IPv6', async () => {
    const port = await freePort()
    const v1 = await start('proxy-1', httpServer('v1', [`:::${port}`]), 1)
    await start('proxy-2', httpServer('v2', [`:::${port}`]), 1)
    await controlStatus(v1.socketPath, 'stop')
    await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    expect(await request(port, '127.0.0.1')).to.equal('v2')
    expect(await request(port, '::1')).to.equal('v2')
    const held = await listHeld(v1.socketPath)
    expect(held.map((one) => one.address)).to.deep.equal([`[::]:${port}`])
  })

  it('keeps IPv6-only listeners IPv6-only, so that IPv4 can have its own', async () => {
    const port = await freePort()
    const script = `
      const server = (host, version) => require('http')
        .createServer((q, s) => s.setHeader('Connection', 'close').end(version))
        .listen({ host, port: ${port}, ipv6Only: true })
      server('::', 'six'); server('0.0.0.0', 'four')`
    await start('proxy-1', [process.execPath, '-e', script], 2)
    expect(await request(port, '127.0.0.1')).to.equal('four')
    expect(await request(port, '::1')).to.equal('six')
  })

  it('lets UDP binds pass untouched, also of a port that is held for TCP', async () => {
    const port = await freePort()
    const addresses = [`0.0.0.0:${port}`, `udp/127.0.0.1:${port}`]
    const v1 = await start('proxy-1', httpServer('v1', addresses), 1)
    expect(await listHeld(v1.socketPath)).to.have.length(1)
    const second = createSocket('udp4')
    second.bind(port, '127.0.0.1')
    const [error] = (await once(second, 'error')) as [NodeJS.ErrnoException]
    expect(error.code).to.equal('EADDRINUSE')
    second.close()
  })

  it('holds 300 listeners and hands over every one of them', async () => {
    const ports = await freePorts(300)
    const addresses = ports.map((port) => `0.0.0.0:${port}`)
    const v1 = await start('proxy-1', httpServer('v1', addresses), 300)
    const loads = [startLoad(ports[0] ?? 0), startLoad(ports[299] ?? 0)]
    const began = performance.now()
    const v2 = await start('proxy-2', httpServer('v2', addresses), 300)
    console.log(`      v2 listens on 300 after ${Math.round(performance.now() - began)} ms`)
    expect((await controlStatus(v2.socketPath)).held).to.equal(300)
    await controlStatus(v1.socketPath, 'stop 20000')
    await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    for (const port of ports) expect(await request(port)).to.equal('v2')
    for (const load of loads) {
      await until('v2 serves', () => load.count('v2') > 20)
      const { lost, served } = await load.stop()
      expect(lost).to.be.empty
      expect([...served.keys()]).to.include.members(['v1', 'v2'])
    }
  })

  it('refuses what is more than its 512 listeners, and nothing else', async () => {
    const addresses = Array.from(
      { length: 513 },
      (_, index) => `127.0.${index >> 8}.${index & 255}`,
    )
    const port = await freePort()
    const script = `
import errno, socket, time
kept, refused = [], []
for address in ${JSON.stringify(addresses.slice(1).concat('127.0.9.1', '127.0.9.2'))}:
    try:
        kept.append(socket.create_server((address, ${port})))
    except OSError as error:
        refused.append(errno.errorcode[error.errno])
print('told', len(kept), *refused, flush=True)
time.sleep(1000)`
    const v1 = await pod.slot('proxy-1', ['/usr/bin/python3', '-c', script])
    await controlStatus(v1.socketPath, 'start')
    const line = await until('it tells', () => v1.output.find((one) => one.startsWith('told')))
    expect(line).to.equal('told 512 ENOSPC ENOSPC')
    expect(await controlStatus(v1.socketPath)).to.include({ held: 512, crashes: 0 })
  })

  it('asks for a listener that another slot has made while its own bind was waiting', async () => {
    const port = await freePort()
    const go = join(pod.runDir, 'go')
    const script = `
import os, socket, time
s = socket.socket()
while not os.path.exists('${go}'): time.sleep(0.01)
print('binds', flush=True)
s.bind(('127.0.0.1', ${port}))
s.listen()
time.sleep(1000)`
    const late = await pod.slot('proxy-2', ['/usr/bin/python3', '-c', script])
    await controlStatus(late.socketPath, 'start')
    await untilStatus(late.socketPath, 'it runs', (status) => status.pid > 0)
    late.kill('SIGSTOP') // its launcher: the bind waits, and so does the keeper's message
    await writeFile(go, '')
    await until('it binds', () => late.output.includes('binds'))
    await start('proxy-1', httpServer('v1', [`127.0.0.1:${port}`]), 1)
    late.kill('SIGCONT')
    const status = await untilStatus(
      late.socketPath,
      'it listens',
      (one) => one.listening.length > 0,
    )
    expect(status).to.include({ crashes: 0, held: 1 })
  })

  it('gives two slots that bind a fresh address at the same moment the same socket', async () => {
    const ports = await freePorts(20)
    const addresses = ports.map((port) => `0.0.0.0:${port}`)
    const slots = [
      await pod.slot('proxy-1', httpServer('v1', addresses)),
      await pod.slot('proxy-2', httpServer('v2', addresses)),
    ]
    await Promise.all(slots.map((slot) => controlStatus(slot.socketPath, 'start')))
    for (const slot of slots) {
      const status = await untilStatus(
        slot.socketPath,
        'it listens on all',
        (one) => one.listening.length === 20,
      )
      expect(status).to.include({ crashes: 0, held: 20 })
    }
  })
})
