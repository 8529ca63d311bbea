import { expect } from 'chai'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../launcher/testing/until.ts'
import type { Load } from '../test/ledger/index.ts'
import { startLoad } from '../test/ledger/index.ts'
import { HotPod } from './testing/hotPod.ts'
import { freePorts } from '../launcher/testing/ports.ts'

const program = join(import.meta.dirname, 'testing', 'programs', 'mosn.py')
const upgrade = { minBoot: { 'proxy-2': 2 } }

/** MOSN itself is not to be had from package registries: a program of ours speaks its handshake. */
describe("a handover between peers of MOSN's smooth upgrade", function () {
  this.timeout(120_000)
  let pod: HotPod
  let directory: string
  let port: number
  let load: Load | undefined
  const sockets: Socket[] = []

  const command = (version: string) => [
    '/usr/bin/python3',
    ...[program, join(directory, 'INSTANCE'), String(port), version],
  ]
  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'baton-mosn-'))
    chmodSync(directory, 0o777)
    ;[port = 0] = await freePorts(1)
    const method = { mosn: { directory: join(directory, '$(BATON_INSTANCE)') } }
    pod = await HotPod.create({
      command: command('v1'),
      drain: { timerSeconds: 1, maxSeconds: 30, method },
    })
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
  })
  afterEach(async () => {
    load?.abort()
    load = undefined
    for (const socket of sockets.splice(0)) socket.destroy()
    await pod.end()
    rmSync(directory, { recursive: true, force: true })
  })

  const request = 'GET / HTTP/1.1\r\nhost: kept\r\n\r\n'
  async function keep(): Promise<Socket> {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write(request)
    await once(socket, 'data')
    return socket
  }

  it('loses no request, and lets old connections live to their own end', async () => {
    const kept = await keep()
    load = await startLoad({
      targets: { http: [{ host: '127.0.0.1', port }] },
      lanes: [{ kind: 'short', perSecond: 100 }],
    })
    const running = load
    await until('the load runs', async () => (await running.snapshot()).total.ok > 100)
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', upgrade)
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    // It accepts for 3 s more: none is not the end before.
    await until('only the new one accepts', async () => {
      const socket = connect(port, '127.0.0.1')
      sockets.push(socket)
      socket.end(request)
      const [answer] = (await once(socket, 'data')) as [Buffer]
      return (await pod.container()).handover?.reportedAt !== undefined && /v2/.test(String(answer))
    })
    kept.write(request)
    const [answer] = (await once(kept, 'data')) as [Buffer]
    expect(String(answer)).to.contain('x-version: v1')
    kept.destroy()
    const { handover } = await pod.reaches('up', 'Settled')
    const { total } = await running.stop()
    expect(total).to.include({ lost: 0, skipped: 0 })
    expect(handover?.connectionsCut).to.equal(0)
    expect(handover?.connectionsDrained).to.be.greaterThan(0)
    expect(readdirSync(join(directory, 'proxy-1'))).to.not.include('listen.sock')
  })

  it('is asked once, also by an agent that was killed in mid-drain', async () => {
    const kept = await keep()
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', upgrade)
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    await pod.killAgent()
    await until('the drain is ordered again', () => pod.log('drain is ordered').length === 2)
    kept.destroy()
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover).to.include({ connectionsDrained: 1, connectionsCut: 0 })
  })
})
