import { expect } from 'chai'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { until } from '../launcher/testing/until.ts'
import { packagedProgram } from '../test/proxies/packaged.ts'
import { keepsIdleConnections, LEAVING_FILE } from './testing/nginx.ts'
import type { PackagedPod } from './testing/packagedPod.ts'
import { packagedPod } from './testing/packagedPod.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('a handover between two releases of nginx', function () {
  this.timeout(120_000)
  let started: PackagedPod | undefined
  afterEach(() => started?.end())

  it('loses no request when the old one keeps idle connections for a time', async function () {
    if (!keepsIdleConnections(packagedProgram('nginx', 'other').version)) this.skip()
    started = await packagedPod('nginx', 'other')
    const { pod, command, load } = started
    const running = await load()
    await pod.restartSlot('proxy-2', await command('own'))
    await pod.order('up', 'proxy-2', upgrade)
    const { handover } = await pod.reaches('up', 'Settled')
    const { total, losses } = await running.stop()
    expect(losses).to.deep.equal([])
    expect(total).to.include({ lost: 0, skipped: 0, idleCloses: 0 })
    expect(handover?.connectionsAtDrain).to.be.greaterThan(15)
    expect(handover?.connectionsCut).to.equal(0)
  })

  it('closes idle connections under the next request when it is of before 1.27.4', async function () {
    if (keepsIdleConnections(packagedProgram('nginx', 'own').version)) this.skip()
    started = await packagedPod('nginx', 'own')
    const { pod, command, load } = started
    const running = await load()
    await pod.restartSlot('proxy-2', await command('other'))
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Settled')
    const { total, kinds } = await running.stop()
    // Whether a request is on its way just then is chance; what it meets is a closed connection.
    expect(total.idleCloses + total.lost).to.be.greaterThan(9)
    expect(kinds).to.have.nested.property('short.lost', 0)
    expect(kinds).to.have.nested.property('slow.lost', 0)
    expect(kinds).to.have.nested.property('upload.lost', 0)
  })

  it('loses no request of one before 1.27.4 that first ends connections by its answers', async () => {
    started = await packagedPod('nginx', 'own')
    const { pod, command, directory, load } = started
    const leaving = join(directory, '$(BATON_INSTANCE)', LEAVING_FILE)
    // As agent/drain/README.md has it.
    const script = `touch ${leaving}; sleep 2; kill -QUIT $(BATON_PID)`
    const method = { exec: { command: ['sh', '-c', script] } }
    const running = await load()
    await pod.restartSlot('proxy-2', await command('other'))
    const drain = { timerSeconds: 15, maxSeconds: 60, method }
    await pod.order('up', 'proxy-2', { ...upgrade, drain })
    await pod.reaches('up', 'Settled')
    const { total, rows, losses } = await running.stop()
    expect(losses).to.deep.equal([])
    expect(total).to.include({ lost: 0, skipped: 0 })
    expect(rows).to.have.nested.property('keepalive.idleCloses', 0)
    expect(rows).to.have.nested.property('keepalive-idle.idleCloses', 0)
  })

  it('counts connections that are cut as many as clients have', async () => {
    started = await packagedPod('nginx', 'own')
    const { pod, command, drain, ports } = started
    const kept = await Promise.all(
      [1, 2, 3].map(async () => {
        const socket = connect(ports.tcp, '127.0.0.1')
        socket.on('error', () => undefined)
        socket.write('GET / HTTP/1.1\r\nhost: kept\r\n\r\n')
        await once(socket, 'data')
        return socket
      }),
    )
    await pod.restartSlot('proxy-2', await command('other'))
    await pod.order('up', 'proxy-2', { ...upgrade, drain: drain(1, 8) })
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    const ended = kept.map((socket) => once(socket, 'close'))
    kept[0]?.destroy()
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover).to.include({ connectionsAtDrain: 3, connectionsDrained: 1, connectionsCut: 2 })
    await Promise.all(ended)
  })
})
