import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { connect } from 'node:net'
import { join } from 'node:path'
import { controlStatus, untilStatus } from './testing/control.ts'
import { drainEnvoy, envoyCommand } from './testing/envoy.ts'
import type { EnvoyListener } from './testing/envoy.ts'
import { request, startLoad } from './testing/load.ts'
import type { Load } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePorts } from './testing/ports.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

/** What runs one after the other; each takes over from the one before it. */
interface Step {
  readonly version: string
  readonly workers: number
}

const OLD = '1.38.3'
const NEW = '1.40.0'

describe('adopting listeners of real Envoys', function () {
  this.timeout(120_000)
  let pod: TestPod
  let ports: readonly [number, number, number]
  let adminPort: number
  let otherAdminPort: number
  let spareAdminPort: number

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
    const [one = 0, two = 0, three = 0, admin = 0, other = 0, spare = 0] = await freePorts(6)
    ports = [one, two, three]
    adminPort = admin
    otherAdminPort = other
    spareAdminPort = spare
  })
  afterEach(() => pod.end())

  /** Workers bind for themselves; one for all; both families. */
  const listeners = (): readonly EnvoyListener[] => [
    { host: '0.0.0.0', port: ports[0] },
    { host: '0.0.0.0', port: ports[1], reusePort: false },
    { host: '::', port: ports[2] },
  ]

  /** The slots' configuration is the same but for the version in the answers. */
  async function startEnvoy(slot: 'proxy-1' | 'proxy-2', step: Step): Promise<StartedSlot> {
    const file = join(pod.runDir, `${slot}-${step.version}-${step.workers}.json`)
    const command = await envoyCommand({ ...step, file, adminPort, listeners: listeners() })
    const own: readonly [number, number] =
      slot === 'proxy-1' ? [adminPort, spareAdminPort] : [otherAdminPort, 1]
    const started = await pod.slot(slot, command, { privatePorts: { [adminPort]: own } })
    await controlStatus(started.socketPath, 'start')
    await untilStatus(
      started.socketPath,
      `Envoy ${step.version} listens`,
      (status) => status.listening.length === 3,
      20_000,
    )
    return started
  }

  async function isIdle(admin: number): Promise<boolean> {
    const stats = await fetch(`http://127.0.0.1:${admin}/stats?filter=http.in_.*cx_active`)
    return /cx_active: [1-9]/.exec(await stats.text()) === null
  }

  async function drainAndStop(slot: StartedSlot, admin: number): Promise<void> {
    await drainEnvoy(admin)
    await until('no connection is left', () => isIdle(admin))
    await controlStatus(slot.socketPath, 'stop')
    await untilStatus(slot.socketPath, 'it is gone', (status) => status.pid === 0)
    await slot.end()
  }

  it('loses no request over upgrades and a rollback with 2, 1, 3 and 1 workers', async () => {
    const steps: readonly Step[] = [
      { version: OLD, workers: 2 },
      { version: NEW, workers: 1 },
      { version: NEW, workers: 3 },
      { version: OLD, workers: 1 },
    ]
    const slots = ['proxy-1', 'proxy-2'] as const
    let active: { readonly slot: StartedSlot; readonly admin: number } | undefined
    const loads: Load[] = []
    for (const [index, step] of steps.entries()) {
      const name = slots[index % 2 === 0 ? 0 : 1]
      const slot = await startEnvoy(name, step)
      if (loads.length === 0) {
        loads.push(startLoad(ports[0]), startLoad(ports[1]))
        loads.push(startLoad(ports[2]), startLoad(ports[2], '::1'))
      }
      if (active) await drainAndStop(active.slot, active.admin)
      active = { slot, admin: name === 'proxy-1' ? adminPort : otherAdminPort }
      const before = loads.map((load) => load.count(step.version))
      await until(`${step.version} serves on every listener`, () =>
        loads.every((load, at) => load.count(step.version) > (before[at] ?? 0) + 20),
      )
    }
    for (const load of loads) {
      const result = await load.stop()
      expect(result.lost).to.be.empty
      expect([...result.served.keys()]).to.have.members([OLD, NEW])
    }
  })

  it('turns back in the middle of a drain: the draining one goes on beside its successor', async () => {
    const old = await startEnvoy('proxy-1', { version: OLD, workers: 2 })
    const { pid } = await controlStatus(old.socketPath)
    const kept = connect(ports[0], '127.0.0.1')
    await until('it is connected', async () => !(await isIdle(adminPort)))
    const load = startLoad(ports[0])
    const next = await startEnvoy('proxy-2', { version: NEW, workers: 2 })
    await drainEnvoy(adminPort)
    await until('the new one serves', () => load.count(NEW) > 20)
    await controlStatus(old.socketPath, 'replace')
    const status = await untilStatus(
      old.socketPath,
      'the old version listens again',
      (one) => one.pid !== pid && one.listening.length === 3,
      20_000,
    )
    expect(status).to.deep.include({ side: 1, aside: { pid, side: 0 } })
    await drainAndStop(next, otherAdminPort)
    const before = load.count(OLD)
    await until('the old version serves', () => load.count(OLD) > before + 20)
    expect(kept.readyState, 'nobody touched what was open').to.equal('open')
    expect(await isIdle(adminPort)).to.equal(false)
    kept.destroy()
    await until('the drain has ended', () => isIdle(adminPort))
    await controlStatus(old.socketPath, 'stop-aside')
    const end = await untilStatus(old.socketPath, 'it is gone', (one) => !one.aside)
    expect(end).to.include({ crashes: 0, pid: status.pid })
    expect((await load.stop()).lost).to.be.empty
  })

  it('holds one socket per address however many workers bind it', async () => {
    const slot = await startEnvoy('proxy-1', { version: NEW, workers: 4 })
    expect(await controlStatus(slot.socketPath)).to.include({ held: 3, crashes: 0, seccomp: true })
    for (const port of ports) expect(await request(port)).to.equal(NEW)
  })

  it('keeps the admin of each slot to itself', async () => {
    await startEnvoy('proxy-1', { version: OLD, workers: 1 })
    await startEnvoy('proxy-2', { version: NEW, workers: 1 })
    const versions = await Promise.all(
      [adminPort, otherAdminPort].map(async (port) => {
        const answer = await fetch(`http://127.0.0.1:${port}/server_info`)
        return ((await answer.json()) as { version: string }).version
      }),
    )
    expect(versions[0]).to.include(OLD)
    expect(versions[1]).to.include(NEW)
  })

  it('serves again on the same listeners after a kill, and nobody was refused', async () => {
    const slot = await startEnvoy('proxy-1', { version: NEW, workers: 2 })
    const load = startLoad(ports[0])
    await until('it serves', () => load.count(NEW) > 20)
    const { pid } = await controlStatus(slot.socketPath)
    process.kill(pid, 'SIGKILL')
    const before = load.count(NEW)
    await until('it serves again', () => load.count(NEW) > before + 50, 20_000)
    expect(await controlStatus(slot.socketPath)).to.include({ starts: 2, crashes: 1 })
    const { lost } = await load.stop()
    expect(lost).to.not.include('ECONNREFUSED')
    expect(lost.length, 'only what was in flight').to.be.at.most(4)
  })
})
