import { expect } from 'chai'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { until } from '../launcher/testing/until.ts'
import type { Lane, Load } from '../test/ledger/index.ts'
import { startLoad } from '../test/ledger/index.ts'
import type { EnvoyPod } from './testing/envoyPod.ts'
import { envoyPod } from './testing/envoyPod.ts'

const OLD = '1.38.3'
const NEW = '1.40.0'
const upgrade = { minBoot: { 'proxy-2': 2 } }

/** Small, for machines that are shared; the demo and the benchmarks send far more. */
const lanes: readonly Lane[] = [
  { kind: 'short', perSecond: 100 },
  { kind: 'keepalive', connections: 5, gapMs: 100 },
  { kind: 'keepalive-idle', connections: 10, gapMs: 700 },
  { kind: 'http2', connections: 2, gapMs: 100 },
  { kind: 'slow', perSecond: 2, durationMs: 2000 },
  { kind: 'upload', perSecond: 1, durationMs: 2000 },
]

describe('a handover between real Envoys', function () {
  this.timeout(120_000)
  let started: EnvoyPod
  let load: Load | undefined
  const sockets: Socket[] = []

  beforeEach(async () => {
    started = await envoyPod(OLD)
  })
  afterEach(async () => {
    load?.abort()
    load = undefined
    for (const socket of sockets.splice(0)) socket.destroy()
    await started.end()
  })

  const http = () => started.ports.map((port) => ({ host: '127.0.0.1', port }))

  /** Opens a connection, gets one answer on it, and keeps it. */
  async function keep(): Promise<Socket> {
    const socket = connect(started.ports[0] ?? 0, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write('GET / HTTP/1.1\r\nhost: kept\r\n\r\n')
    await once(socket, 'data')
    return socket
  }

  it('loses no request in two upgrades and a rollback under load', async () => {
    const { pod, command } = started
    const running = await startLoad({ targets: { http: http() }, lanes })
    load = running
    await until('the load runs', async () => (await running.snapshot()).total.ok > 200)
    await pod.restartSlot('proxy-2', await command(NEW))
    await pod.order('up', 'proxy-2', upgrade)
    const { handover } = await pod.reaches('up', 'Settled')
    await pod.order('back', 'proxy-1')
    await pod.reaches('back', 'Settled')
    await pod.restartSlot('proxy-2', await command(OLD))
    await pod.order('again', 'proxy-2', { minBoot: { 'proxy-2': 3 } })
    await pod.reaches('again', 'Settled')
    const { total, losses } = await running.stop()
    expect(losses).to.deep.equal([])
    expect(total.lost).to.equal(0)
    expect(total.skipped).to.equal(0)
    expect(total.ok).to.be.greaterThan(500)
    expect(handover?.connectionsAtDrain).to.be.greaterThan(15)
    expect(handover?.connectionsCut).to.equal(0)
    expect(handover?.kernel).to.include({ ListenDrops: 0, ListenOverflows: 0 })
  })

  it('is watched by a load that sees loss when the old process is not drained', async () => {
    const { pod } = started
    const running = await startLoad({ targets: { http: http() }, lanes })
    load = running
    await until('slow requests are in flight', async () => {
      return ((await running.snapshot()).kinds.slow?.pending ?? 0) > 0
    })
    process.kill(pod.childPid('proxy-1'), 'SIGTERM')
    await until('it is another process', () =>
      pod.slot('proxy-1').output.join().includes('"starts":2'),
    )
    expect((await running.stop()).total.lost).to.be.greaterThan(0)
  })

  it('cuts what is left at its longest, and counts it', async () => {
    const { pod, command, drain } = started
    const kept = await Promise.all([keep(), keep(), keep()])
    await pod.restartSlot('proxy-2', await command(NEW))
    await pod.order('up', 'proxy-2', { ...upgrade, drain: drain(1, 2) })
    const ended = Promise.all(kept.map((socket) => once(socket, 'close')))
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover).to.include({ connectionsAtDrain: 3, connectionsCut: 3, connectionsDrained: 0 })
    expect(handover?.protocols).to.deep.equal({ http1: { atDrain: 3, drained: 0, cut: 3 } })
    expect(handover?.reportedAt).to.be.a('string')
    expect(handover?.message).to.contain('0 connections drained, 3 cut (MaxSeconds).')
    await ended
    expect((await pod.get('/metrics')).body).to.contain(
      'baton_agent_connections_cut_total{container="proxy",reason="MaxSeconds",protocol="http1"} 3',
    )
  })

  it('reports at the timer what is left, and lives until that has ended', async () => {
    const { pod, command, drain } = started
    const kept = await keep()
    await pod.restartSlot('proxy-2', await command(NEW))
    await pod.order('up', 'proxy-2', { ...upgrade, drain: drain(1, 60) })
    const waiting = await until('the timer has run out', async () => {
      const { handover } = await pod.container()
      return handover?.reportedAt === undefined ? undefined : handover
    })
    expect(waiting).to.include({ phase: 'Draining', connectionsLeft: 1 })
    // It is answered once more, and told to come to the new one.
    kept.write('GET / HTTP/1.1\r\nhost: kept\r\n\r\n')
    const [answer] = (await once(kept, 'data')) as [Buffer]
    expect(String(answer).toLowerCase()).to.contain('connection: close').and.contain(OLD)
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover).to.include({ connectionsDrained: 1, connectionsCut: 0 })
  })

  it('goes on counting when the agent is killed in mid-drain', async () => {
    const { pod, command } = started
    const kept = await keep()
    await pod.restartSlot('proxy-2', await command(NEW))
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Draining')
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    await pod.killAgent()
    await until('the drain is ordered again', () => pod.log('drain is ordered').length === 2)
    expect((await pod.container()).handover).to.include({ connectionsAtDrain: 1 })
    kept.destroy()
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover).to.include({ connectionsDrained: 1, connectionsCut: 0 })
  })
})
