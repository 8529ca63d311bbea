import { expect } from 'chai'
import { echoClients } from '../../launcher/testing/echoClients.ts'
import type { EchoClients } from '../../launcher/testing/echoClients.ts'
import { createPod } from '../../launcher/testing/pod.ts'
import type { TestPod } from '../../launcher/testing/pod.ts'
import { freePort } from '../../launcher/testing/ports.ts'
import { echoServer } from '../../launcher/testing/programs.ts'
import { until } from '../../launcher/testing/until.ts'
import { limits } from '../handover/limits.ts'
import { LauncherClient } from '../launcher/client.ts'
import { jsonLogger } from '../log.ts'
import { drainDriver } from './driver.ts'
import type { Cut } from './retirement.ts'
import { Retirement } from './retirement.ts'

const SLOT = 'proxy-1'

describe('a process that is given up', () => {
  let pod: TestPod
  let launcher: LauncherClient
  let clients: EchoClients
  let cuts: Cut[]
  let retirement: Retirement
  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
    const address = `127.0.0.1:${await freePort()}`
    const { socketPath } = await pod.slot(SLOT, echoServer('drain', [address]))
    launcher = new LauncherClient(socketPath)
    await launcher.start()
    await until('it listens', async () => (await launcher.status()).listening.length === 1)
    clients = await echoClients(Number(address.split(':')[1]), 3)
    cuts = []
    retirement = new Retirement({
      target: { slot: SLOT, aside: false },
      drain: { timerSeconds: 1, maxSeconds: 60, method: {} },
      limitSeconds: 60,
      driver: drainDriver(
        { name: 'proxy', slots: [SLOT], privatePorts: [] },
        new Map([[SLOT, launcher]]),
      ),
      launcher,
      log: jsonLogger(() => undefined),
      reason: 'Retired',
      onCut: (cut) => cuts.push(cut),
    })
  })
  afterEach(async () => {
    clients.end()
    await pod.end()
  })

  it('and has ended by itself before it is told to has cut nothing', async () => {
    const running = await launcher.status()
    await retirement.advance(0, running)
    await clients.close(3)
    await until('it has ended', async () => (await launcher.status()).pid === 0)
    // As they are seen by an agent that looked a moment before.
    for (let look = 1; look <= limits.quietReadings; look += 1) {
      expect(await retirement.advance(look, running)).to.equal(false)
    }
    expect(await retirement.advance(9, await launcher.status())).to.equal(true)
    expect(cuts).to.deep.equal([])
  })

  it('and is told to end at its limit has cut what it had then', async () => {
    await retirement.advance(0, await launcher.status())
    await clients.close(1)
    await retirement.advance(60_000, await launcher.status())
    await clients.close(2)
    const isGone = async () => retirement.advance(60_001, await launcher.status())
    await until('it is gone', isGone)
    expect(cuts).to.deep.equal([{ total: 2, byProtocol: { unknown: 2 }, reason: 'Retired' }])
  })
})
