import { expect } from 'chai'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { connect } from 'node:net'
import { join } from 'node:path'
import { until } from '../../launcher/testing/until.ts'
import type { DrainSlot, DrainSlotOptions } from '../testing/drainSlot.ts'
import { drainSlot } from '../testing/drainSlot.ts'
import { freePorts } from '../../launcher/testing/ports.ts'

const program = join(import.meta.dirname, '..', 'testing', 'programs', 'proxy.ts')
const none = { total: 0, byProtocol: {} }
const two = { total: 2, byProtocol: {} }

describe('a process that is told to leave', function () {
  this.timeout(120_000)
  let slot: DrainSlot | undefined
  let ports: readonly number[] = []
  const sockets: Socket[] = []
  beforeEach(async () => {
    ports = await freePorts(4)
  })
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy()
    await slot?.end()
  })

  /** Its first port is shared; the second, which it listens on as the third, is its own. */
  async function start(
    method: DrainSlotOptions['method'],
    limitSeconds?: number,
  ): Promise<DrainSlot> {
    const [shared = 0, own = 0, ownOfSlot = 0, spare = 0] = ports
    slot = await drainSlot({
      command: [process.execPath, program, 'v1', '0', String(shared), String(own)],
      method,
      listeners: 1,
      privatePorts: { [own]: [ownOfSlot, spare] },
      ...(limitSeconds === undefined ? {} : { limitSeconds }),
    })
    // The launcher tells of shared listeners alone.
    await until('its own port answers', () => answers(ownOfSlot))
    return slot
  }

  async function answers(port: number): Promise<boolean> {
    const response = await fetch(`http://127.0.0.1:${port}/`, {
      headers: { connection: 'close' },
    }).catch(() => undefined)
    await response?.text()
    return response?.ok === true
  }

  /** A connection on which a response has begun that never ends. */
  async function hang(port = ports[0] ?? 0): Promise<Socket> {
    const socket = connect(port, '127.0.0.1')
    sockets.push(socket)
    socket.on('error', () => undefined)
    socket.write('GET /hang HTTP/1.1\r\nhost: kept\r\n\r\n')
    await once(socket, 'data')
    return socket
  }

  const methods: Readonly<Record<string, () => DrainSlotOptions['method']>> = {
    'nothing, which is SIGTERM': () => ({}),
    'a signal': () => ({ signal: { name: 'SIGQUIT' } }),
    'the way of nginx': () => ({ nginx: {} }),
    'a request to its own port': () => ({
      http: { method: 'POST', port: ports[1] ?? 0, path: '/drain' },
    }),
    'a program that knows its pid': () => ({
      exec: { command: ['kill', '-QUIT', '$(BATON_PID)'] },
    }),
  }
  for (const [name, method] of Object.entries(methods)) {
    it(`by ${name} serves its connections to their end, and is not started again`, async () => {
      const { begin, counts, status, ends, count } = await start(method())
      const [first, second] = [await hang(), await hang()]
      // Nobody drains what comes to a port of its own.
      await hang(ports[2])
      await counts(two)
      await begin()
      // As an agent does that was killed before it knew.
      await begin()
      await counts(two)
      first.destroy()
      await counts({ total: 1, byProtocol: {} })
      expect(await status()).to.include({ want: false, starts: 1 })
      second.destroy()
      await counts(none)
      for (const socket of sockets) socket.destroy()
      const ended = await ends()
      expect(ended).to.include({ starts: 1, crashes: 0 })
      expect(ended.lastExit).to.include({ code: 0, signal: 0 })
      // There is nobody to be told, and nothing to be counted.
      await begin()
      expect(await count()).to.deep.equal(none)
    })
  }

  it('and does not is killed at its limit', async () => {
    const { begin, ends } = await start({ signal: { name: 'SIGWINCH' } }, 1)
    const kept = await hang()
    const closed = once(kept, 'close')
    await begin()
    await closed
    expect((await ends()).lastExit).to.include({ signal: 9 })
  })

  it('by a request that fails tells what was asked and seen', async () => {
    const [, own = 0, ownOfSlot = 0] = ports
    const { begin } = await start({ http: { method: 'GET', port: own, path: '/quit' } })
    const error: unknown = await begin().catch((caught: unknown) => caught)
    expect(String(error)).to.match(
      new RegExp(`GET http://127.0.0.1:${ownOfSlot}/quit: (socket hang up|read ECONNRESET)`),
    )
  })

  it('by a program that fails tells what was run and seen', async () => {
    const { begin } = await start({ exec: { command: ['sh', '-c', 'exit 3'] } })
    const error: unknown = await begin().catch((caught: unknown) => caught)
    expect(String(error)).to.equal('Error: drain by sh -c exit 3 in proxy-1: exit code 3')
  })

  it('when it was set aside leaves while another one serves in its slot', async () => {
    const { client, begin, count, counts, status } = await start({ signal: { name: 'SIGQUIT' } })
    const kept = await hang()
    await client.replace()
    await begin(true)
    await counts({ total: 1, byProtocol: {} }, true)
    await counts(none)
    kept.destroy()
    await until('it is gone', async () => (await status()).aside === null)
    expect(await count(true)).to.deep.equal(none)
    expect(await status()).to.include({ want: true, side: 1 })
  })
})
