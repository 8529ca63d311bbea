import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { readFile } from 'node:fs/promises'
import { control, controlStatus, untilStatus } from './testing/control.ts'
import { echoClients } from './testing/echoClients.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePorts } from './testing/ports.ts'
import { echoServer, forkingServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

interface Pulse {
  readonly threads: number
  readonly awake: number
  readonly cpuMs: number
  readonly complete: boolean
}

/** A server whose event loop turns for ever, and accepts nothing. */
const spinning = (port: number) => [
  process.execPath,
  '-e',
  `require('node:net').createServer().listen(${port}, '127.0.0.1', () => { for (;;); })`,
]

describe('the pulse of a slot', () => {
  let pod: TestPod
  let port = 0

  beforeEach(async () => {
    pod = await createPod()
    ;[port = 0] = await freePorts(1)
    await pod.keeper()
  })
  afterEach(() => pod.end())

  async function started(command: readonly string[]): Promise<StartedSlot> {
    const slot = await pod.slot('proxy-1', command)
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', ({ listening }) => listening.length === 1)
    return slot
  }

  const pulse = async ({ socketPath }: StartedSlot) => (await control(socketPath, 'pulse')) as Pulse

  it('is none without a child', async () => {
    const slot = await pod.slot('proxy-1', echoServer('exit', [`127.0.0.1:${port}`]))
    expect(await pulse(slot)).to.include({ threads: 0, awake: 0, cpuMs: 0, complete: true })
  })

  it('of a process that is stopped is still, and that of one that goes on is not', async () => {
    const slot = await started(echoServer('exit', [`127.0.0.1:${port}`]))
    const { pid } = await controlStatus(slot.socketPath, 'status')
    process.kill(pid, 'SIGSTOP')
    await until('it stands', async () => {
      const status = await readFile(`/proc/${pid}/status`, 'utf8')
      return /^State:\s+T/m.test(status) && (await pulse(slot)).awake === 0
    })
    const stopped = await pulse(slot)
    expect(stopped.threads).to.be.greaterThan(1)
    expect(stopped.cpuMs).to.be.greaterThan(0)
    for (let look = 0; look < 20; look += 1) {
      expect(await pulse(slot)).to.deep.equal(stopped)
    }
    process.kill(pid, 'SIGCONT')
    await until('it has worked', async () => {
      const clients = await echoClients(port, 20)
      clients.end()
      return (await pulse(slot)).cpuMs > stopped.cpuMs
    })
  })

  it('of a process that turns without accepting is that of one that works', async () => {
    const slot = await started(spinning(port))
    const first = await pulse(slot)
    await until('it has used more', async () => {
      const now = await pulse(slot)
      return now.awake > 0 && now.cpuMs > first.cpuMs
    })
  })

  it('counts the workers of a child', async () => {
    const slot = await started(forkingServer(3, '127.0.0.1', port))
    await until('all are there', async () => (await pulse(slot)).threads === 4)
    expect((await pulse(slot)).complete).to.equal(true)
  })
})
