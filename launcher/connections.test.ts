import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { once } from 'node:events'
import { connect } from 'node:net'
import type { Socket } from 'node:net'
import { control, controlStatus, countConnections, untilStatus } from './testing/control.ts'
import { echoClients } from './testing/echoClients.ts'
import type { EchoClients } from './testing/echoClients.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePorts } from './testing/ports.ts'
import { echoServer, forkingServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

describe('connections of a slot', () => {
  let pod: TestPod
  let port = 0
  let otherPort = 0
  const clients: EchoClients[] = []
  const sockets: Socket[] = []

  beforeEach(async () => {
    pod = await createPod()
    ;[port = 0, otherPort = 0] = await freePorts(2)
    await pod.keeper()
  })
  afterEach(async () => {
    for (const one of clients.splice(0)) one.end()
    for (const one of sockets.splice(0)) one.destroy()
    await pod.end()
  })

  async function started(command: readonly string[], addresses = 1, slot = 'proxy-1') {
    const one = await pod.slot(slot, command)
    await controlStatus(one.socketPath, 'start')
    await untilStatus(one.socketPath, 'it listens', (now) => now.listening.length === addresses)
    return one
  }

  async function connected(count: number, to = port, host = '127.0.0.1'): Promise<EchoClients> {
    const some = await echoClients(to, count, host)
    clients.push(some)
    return some
  }

  async function untilCounted(slot: StartedSlot, connections: Record<string, number>) {
    const wanted = JSON.stringify(connections)
    let last = ''
    await until(`${wanted} are counted`, async () => {
      last = JSON.stringify((await countConnections(slot.socketPath)).connections)
      return last === wanted
    }).catch((error: unknown) => {
      throw new Error(`last count ${last}`, { cause: error })
    })
  }

  it('are counted by the address they came to, and by no other', async () => {
    const addresses = [`127.0.0.1:${port}`, `0.0.0.0:${otherPort}`]
    const slot = await started(echoServer('exit', addresses), 2)
    expect(await countConnections(slot.socketPath)).to.deep.equal({
      connections: {},
      aside: null,
      complete: true,
    })
    await connected(3)
    const others = await connected(2, otherPort)
    expect((await countConnections(slot.socketPath)).connections).to.deep.equal({
      [`127.0.0.1:${port}`]: 3,
      [`0.0.0.0:${otherPort}`]: 2,
    })
    await others.close(2)
    await untilCounted(slot, { [`127.0.0.1:${port}`]: 3 })
  })

  it('of IPv4 clients of an IPv6 listener are counted with it', async () => {
    const slot = await started(echoServer('exit', [`:::${port}`]))
    await connected(2, port, '127.0.0.1')
    await connected(1, port, '::1')
    expect((await countConnections(slot.socketPath)).connections).to.deep.equal({
      [`[::]:${port}`]: 3,
    })
  })

  it('are those of all processes that were forked, each once', async () => {
    const slot = await started(forkingServer(3, '127.0.0.1', port))
    await connected(20)
    expect((await countConnections(slot.socketPath)).connections).to.deep.equal({
      [`127.0.0.1:${port}`]: 20,
    })
  })

  it("are not another slot's, nor those that wait to be accepted", async () => {
    const command = echoServer('exit', [`127.0.0.1:${port}`])
    const one = await started(command)
    await connected(4)
    await controlStatus(one.socketPath, 'signal STOP')
    for (let i = 0; i < 3; i++) {
      const waiting = connect({ port, host: '127.0.0.1' })
      sockets.push(waiting)
      await once(waiting, 'connect')
    }
    const other = await pod.slot('proxy-2', command)
    expect((await countConnections(other.socketPath)).connections).to.deep.equal({})
    expect((await countConnections(one.socketPath)).connections).to.deep.equal({
      [`127.0.0.1:${port}`]: 4,
    })
    await controlStatus(other.socketPath, 'start')
    await untilCounted(other, { [`127.0.0.1:${port}`]: 3 })
  })

  it('stay counted when their listener is dropped', async () => {
    const slot = await started(echoServer('exit', [`127.0.0.1:${port}`]))
    await connected(2)
    expect(await control(slot.socketPath, `drop 127.0.0.1:${port}`)).to.include({ ok: true })
    expect(await controlStatus(slot.socketPath)).to.include({ held: 0 })
    expect((await countConnections(slot.socketPath)).connections).to.deep.equal({
      [`127.0.0.1:${port}`]: 2,
    })
  })

  it('whose client has ended its side count until the process has ended its own', async () => {
    const slot = await started(echoServer('exit', [`127.0.0.1:${port}`]))
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.push(socket)
    socket.end('more')
    await once(socket, 'data')
    await untilCounted(slot, { [`127.0.0.1:${port}`]: 1 })
    const done = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    sockets.push(done)
    done.end('enough')
    await once(done.resume(), 'end')
    await untilCounted(slot, { [`127.0.0.1:${port}`]: 1 })
    socket.destroy()
  })

  it('that a child opens itself are none of it', async () => {
    // The server is its own client: both ends are open in one process, one of them accepted.
    const script = `const net = require('node:net')
      net.createServer(() => undefined).listen(${port}, '127.0.0.1', () => {
        for (let i = 0; i < 5; i++) net.connect(${port}, '127.0.0.1')
      })`
    const slot = await started([process.execPath, '-e', script])
    await untilCounted(slot, { [`127.0.0.1:${port}`]: 5 })
  })

  it('are counted with and without another child set aside, each its own', async () => {
    const slot = await started(echoServer('ignore', [`127.0.0.1:${port}`]))
    await connected(2)
    await controlStatus(slot.socketPath, 'replace')
    await untilStatus(slot.socketPath, 'the other listens', (now) => now.starts === 2)
    const address = `127.0.0.1:${port}`
    await until('another one is accepted by the new child', async () => {
      await connected(1)
      const { connections, aside } = await countConnections(slot.socketPath)
      return (connections[address] ?? 0) > 0 && (aside?.[address] ?? 0) >= 2
    })
  })
})
