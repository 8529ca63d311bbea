import { expect } from 'chai'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { until } from '../launcher/testing/until.ts'
import type { PackagedPod } from './testing/packagedPod.ts'
import { packagedPod } from './testing/packagedPod.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('a handover between two releases of HAProxy', function () {
  this.timeout(120_000)
  let started: PackagedPod
  const sockets: Socket[] = []

  beforeEach(async () => {
    started = await packagedPod('haproxy', 'own')
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await started.end()
  })

  /** Opens connections, gets one answer on each, and keeps them. */
  async function keep(port: number, count: number): Promise<readonly Socket[]> {
    const opened = Array.from({ length: count }, async () => {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      socket.on('error', () => undefined)
      socket.write('GET / HTTP/1.1\r\nhost: kept\r\n\r\n')
      await once(socket, 'data')
      return socket
    })
    return await Promise.all(opened)
  }

  it('loses no request in an upgrade and a rollback under load', async () => {
    const { pod, command, load } = started
    const running = await load()
    await pod.restartSlot('proxy-2', await command('other'))
    await pod.order('up', 'proxy-2', upgrade)
    const { handover } = await pod.reaches('up', 'Settled')
    await pod.order('back', 'proxy-1')
    await pod.reaches('back', 'Settled')
    const { total, losses } = await running.stop()
    expect(losses).to.deep.equal([])
    expect(total).to.include({ lost: 0, skipped: 0 })
    expect(total.ok).to.be.greaterThan(500)
    expect(handover?.connectionsAtDrain).to.be.greaterThan(15)
    expect(handover?.connectionsCut).to.equal(0)
  })

  it('is watched by a load that sees loss when the old process is not drained', async () => {
    const { pod, load } = started
    const running = await load()
    process.kill(pod.childPid('proxy-1'), 'SIGKILL')
    await until('it is another process', () =>
      pod.slot('proxy-1').output.join().includes('"starts":2'),
    )
    expect((await running.stop()).total.lost).to.be.greaterThan(0)
  })

  it('tells connections by protocol, drained and cut, as many as clients have', async () => {
    const { pod, command, drain, ports } = started
    const kept = await keep(ports.http, 3)
    await keep(ports.tcp, 2)
    await pod.restartSlot('proxy-2', await command('other'))
    await pod.order('up', 'proxy-2', { ...upgrade, drain: drain(1, 4) })
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    // It is answered once more, and told to come to the new one.
    const [first] = kept
    first?.write('GET / HTTP/1.1\r\nhost: kept\r\n\r\n')
    const [answer] = (await once(first as Socket, 'data')) as [Buffer]
    expect(String(answer).toLowerCase()).to.contain('connection: close').and.contain('own')
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover).to.include({ connectionsAtDrain: 5, connectionsDrained: 1, connectionsCut: 4 })
    expect(handover?.protocols).to.deep.equal({
      http: { atDrain: 3, drained: 1, cut: 2 },
      tcp: { atDrain: 2, drained: 0, cut: 2 },
    })
  })
})
