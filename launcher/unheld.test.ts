import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { controlStatus, listHeld, untilStatus } from './testing/control.ts'
import { startLoad } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { restricted, podUid, startProcess } from './testing/process.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

describe('a UDP listener', () => {
  let pod: TestPod
  let port: number

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  const server = (version: string, udp: string) =>
    httpServer(version, [`${udp}/127.0.0.1:${port}`, `127.0.0.1:${port}`])

  async function start(slot: string, command: readonly string[]): Promise<StartedSlot> {
    const started = await pod.slot(slot, command)
    await controlStatus(started.socketPath, 'start')
    await untilStatus(started.socketPath, 'it listens', (one) => one.listening.length === 1)
    return started
  }

  it('of its own is what the kernel lets each version have; TCP beside it loses nothing', async () => {
    const v1 = await start('proxy-1', server('v1', 'udp'))
    const load = startLoad(port)
    expect(await ask(port)).to.equal('v1')
    const v2 = await start('proxy-2', server('v2', 'udp'))
    const refused = `v2 udp/127.0.0.1:${port} EADDRINUSE`
    await until('the second was refused', () => v2.output.includes(refused))
    expect(await ask(port), 'the first still has it').to.equal('v1')
    for (const slot of [v1, v2]) {
      const status = await controlStatus(slot.socketPath)
      expect(status.unheld, 'told').to.deep.equal([`udp 127.0.0.1:${port}`])
      expect(status).to.include({ crashes: 0 })
      const held = await listHeld(slot.socketPath)
      expect(held.map((one) => one.address)).to.deep.equal([`127.0.0.1:${port}`])
    }
    await controlStatus(v1.socketPath, 'stop')
    const gone = await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    expect(gone.unheld).to.be.empty
    await until('v2 serves', () => load.count('v2') > 20)
    expect((await load.stop()).lost).to.be.empty
    expect(await ask(port), 'nobody took it over').to.equal('ECONNREFUSED')
  })

  it('meets the same refusal without a launcher (control)', async () => {
    const run = (version: string) =>
      startProcess([...restricted(podUid), ...httpServer(version, [`udp/127.0.0.1:${port}`])])
    const v1 = run('v1')
    await until('v1 serves', async () => (await ask(port)) === 'v1')
    const v2 = run('v2')
    await until('v2 was refused', () => v2.output.includes(`v2 udp/127.0.0.1:${port} EADDRINUSE`))
    await Promise.all([v1.end(), v2.end()])
  })

  it('with SO_REUSEPORT is had by both versions at once', async () => {
    const v1 = await start('proxy-1', server('v1', 'udp+reuseport'))
    const v2 = await start('proxy-2', server('v2', 'udp+reuseport'))
    const seen = new Set<string>()
    // The kernel chooses by the client's port.
    await until('both answer', async () => seen.add(await ask(port)).size === 2)
    expect([...seen].sort()).to.deep.equal(['v1', 'v2'])
    await controlStatus(v1.socketPath, 'stop')
    await untilStatus(v1.socketPath, 'v1 is gone', (status) => status.pid === 0)
    for (let i = 0; i < 20; i++) expect(await ask(port)).to.equal('v2')
    expect((await controlStatus(v2.socketPath)).crashes).to.equal(0)
  })

  it('is told once, and no more than sixteen are', async () => {
    const script = `
import socket, time
kept = []
for i in range(20):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.1.%d' % (i + 1), ${port}))
    kept.append(s)
s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
s.bind(('::1', 0))
for i in range(2):
    s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    s.bind(('127.0.2.1', ${port}))
    s.close()
print('bound', flush=True)
time.sleep(1000)`
    const slot = await pod.slot('proxy-1', ['/usr/bin/python3', '-c', script])
    await controlStatus(slot.socketPath, 'start')
    await until('all are bound', () => slot.output.includes('bound'))
    const { unheld } = await controlStatus(slot.socketPath)
    const expected = Array.from({ length: 16 }, (_, index) => `udp 127.0.1.${index + 1}:${port}`)
    expect(unheld).to.deep.equal(expected)
    const next = await controlStatus(slot.socketPath, 'replace')
    expect(next.unheld, 'of the child, not of the one set aside').to.be.empty
  })
})

/** What a datagram is answered, or the error that came back. */
async function ask(port: number): Promise<string> {
  const socket = createSocket('udp4')
  try {
    socket.connect(port, '127.0.0.1')
    await once(socket, 'connect')
    socket.send('?')
    const [answer] = (await once(socket, 'message', { signal: AbortSignal.timeout(5000) })) as [
      Buffer,
    ]
    return answer.toString()
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error)
  } finally {
    socket.close()
  }
}
