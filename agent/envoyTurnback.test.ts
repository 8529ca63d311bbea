import { expect } from 'chai'
import { until } from '../launcher/testing/until.ts'
import type { Lane, Load } from '../test/ledger/index.ts'
import { startLoad } from '../test/ledger/index.ts'
import type { EnvoyPod } from './testing/envoyPod.ts'
import { envoyPod } from './testing/envoyPod.ts'

const OLD = '1.38.3'
const NEW = '1.40.0'

/** Responses of 8 s hold the old Envoy far beyond the second after which it is turned back to. */
const lanes: readonly Lane[] = [
  { kind: 'short', perSecond: 60 },
  { kind: 'keepalive', connections: 5, gapMs: 100 },
  { kind: 'http2', connections: 2, gapMs: 100 },
  { kind: 'slow', perSecond: 2, durationMs: 8000 },
]

describe('a rollback between real Envoys in mid-drain', function () {
  this.timeout(120_000)
  let started: EnvoyPod
  let load: Load | undefined
  beforeEach(async () => {
    started = await envoyPod(OLD)
  })
  afterEach(async () => {
    load?.abort()
    load = undefined
    await started.end()
  })

  async function version(): Promise<string | null> {
    const response = await fetch(`http://127.0.0.1:${started.ports[0] ?? 0}/`, {
      headers: { connection: 'close' },
      signal: AbortSignal.timeout(15_000),
    })
    await response.text()
    return response.headers.get('x-version')
  }

  it('loses nothing, does not wait, and lets each process end with its last request', async () => {
    const { pod, command } = started
    const http = started.ports.map((port) => ({ host: '127.0.0.1', port }))
    const running = await startLoad({ targets: { http }, lanes })
    load = running
    await until('slow requests are in flight', async () => {
      return ((await running.snapshot()).kinds.slow?.pending ?? 0) > 3
    })
    await pod.restartSlot('proxy-2', await command(NEW))
    await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await until('the old one has drained for a second', async () => {
      const { phase, handover } = await pod.container()
      const since = Date.parse(handover?.drainStartedAt ?? '')
      return phase === 'Draining' && Date.now() - since > 1000
    })
    const ordered = Date.now()
    await pod.order('back', 'proxy-1')
    await until('the old version answers', async () => (await version()) === OLD)
    const pauseMs = Date.now() - ordered
    const { slots, turnedBack } = await until('it has taken over', async () => {
      const container = await pod.container()
      return container.active === 'proxy-1' ? container : undefined
    })
    expect(slots['proxy-1']).to.include({ running: true, aside: true })
    expect(turnedBack).to.include({ id: 'up', phase: 'Draining' })
    expect(turnedBack?.connectionsLeft).to.be.greaterThan(0)
    const back = await pod.reaches('back', 'Settled')
    const ended = await until(
      'the process that was set aside has ended',
      async () => {
        const { turnedBack: record } = await pod.container()
        return record?.settledAt === undefined ? undefined : record
      },
      30_000,
    )
    await pod.idles('proxy-2')
    expect(await version()).to.equal(OLD)
    const { total, losses } = await running.stop()
    console.log(
      `      ${total.ok} requests, ${total.lost} lost; the old version answers ${pauseMs} ms after the order`,
    )
    expect(losses).to.deep.equal([])
    expect(total.lost).to.equal(0)
    expect(total.ok).to.be.greaterThan(500)
    expect(back.handover).to.include({ connectionsCut: 0, cutReason: '' })
    expect(ended).to.include({ connectionsCut: 0, connectionsLeft: 0 })
    expect(ended.connectionsDrained).to.equal(ended.connectionsAtDrain)
    const atDrain = Object.values(ended.protocols ?? {}).reduce((sum, one) => sum + one.atDrain, 0)
    expect(atDrain).to.equal(ended.connectionsAtDrain)
    expect(ended.protocols).to.include.keys('http1', 'http2')
  })

  it('is watched by a load that sees loss when the old process is stopped to make room', async () => {
    const { pod } = started
    const http = started.ports.map((port) => ({ host: '127.0.0.1', port }))
    const running = await startLoad({ targets: { http }, lanes })
    load = running
    await until('slow requests are in flight', async () => {
      return ((await running.snapshot()).kinds.slow?.pending ?? 0) > 3
    })
    process.kill(pod.childPid('proxy-1'), 'SIGTERM')
    await until('it is another process', () =>
      pod.slot('proxy-1').output.join().includes('"starts":2'),
    )
    expect((await running.stop()).total.lost).to.be.greaterThan(0)
  })
})
