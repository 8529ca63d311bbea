import { expect } from 'chai'
import { join } from 'node:path'
import { echoClients } from '../../launcher/testing/echoClients.ts'
import type { EchoClients } from '../../launcher/testing/echoClients.ts'
import { createPod } from '../../launcher/testing/pod.ts'
import type { TestPod } from '../../launcher/testing/pod.ts'
import { freePort } from '../../launcher/testing/ports.ts'
import { echoServer } from '../../launcher/testing/programs.ts'
import { until } from '../../launcher/testing/until.ts'
import type { LauncherStatus } from '../launcher/protocol.ts'
import { jsonLogger } from '../log.ts'
import { Slots } from './slots.ts'

const SLOT = 'proxy-1'
const LONG_MS = 60_000

describe('the end of a process in a slot', () => {
  let pod: TestPod
  let slots: Slots
  let clients: EchoClients
  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
    const address = `127.0.0.1:${await freePort()}`
    await pod.slot(SLOT, echoServer('drain', [address]))
    slots = new Slots(
      [SLOT],
      join(pod.runDir, 'proxy'),
      jsonLogger(() => undefined),
    )
    await slots.start(SLOT)
    await until('it listens', async () => (await look())?.listening.length === 1)
    clients = await echoClients(Number(address.split(':')[1]), 3)
    // Its drain begins.
    await slots.launcher(SLOT).stop(LONG_MS)
  })
  afterEach(async () => {
    clients.end()
    await pod.end()
  })

  async function look(): Promise<LauncherStatus | null> {
    const known = { retiring: false, replaceable: true, connectionsSeen: 0 }
    const { [SLOT]: view } = await slots.look(performance.now(), () => known)
    return view?.status ?? null
  }

  it('counts nothing of what its drain began with, when the order to end came after it', async () => {
    await clients.close(3)
    await until('it has ended', async () => (await look())?.pid === 0)
    expect((await look())?.lastExit, 'as its launcher has it').to.include({ atStop: 3 })
    await slots.stop(SLOT, LONG_MS)
    expect((await look())?.lastExit).to.include({ connections: 0, atStop: null })
  })

  it('counts what was open when the order to end came', async () => {
    await clients.close(1)
    await slots.stop(SLOT, LONG_MS)
    await clients.close(2)
    const last = await until('it has ended', async () => {
      const status = await look()
      return status?.pid === 0 ? status : undefined
    })
    expect(last.lastExit).to.include({ connections: 0, atStop: 2 })
    await slots.stop(SLOT, LONG_MS)
    expect((await look())?.lastExit, 'told again').to.include({ atStop: 2 })
  })

  it('counts nothing either when it was set aside', async () => {
    await slots.replace(SLOT)
    await clients.close(3)
    await until('it has ended', async () => {
      const status = await look()
      return status !== null && status.lastAside !== null && status.aside === null
    })
    expect((await look())?.lastAside, 'as its launcher has it').to.include({ atStop: 3 })
    await slots.stopAside(SLOT, LONG_MS)
    expect((await look())?.lastAside).to.include({ connections: 0, atStop: null })
  })
})
