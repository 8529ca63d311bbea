import { expect } from 'chai'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { Server } from 'node:net'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { launcherStatus } from '../testing/handovers.ts'
import { LauncherClient, LauncherUnreachable } from './client.ts'

/** What a launcher must never do, and a machine out of order may. */
describe('a launcher that', () => {
  let directory: string
  let server: Server | undefined
  let asked = ''
  beforeEach(() => {
    asked = ''
    directory = mkdtempSync(join(tmpdir(), 'baton-client-'))
  })
  afterEach(() => {
    server?.close()
    rmSync(directory, { recursive: true })
  })

  async function answering(answer: string | null): Promise<LauncherClient> {
    const path = join(directory, 'proxy-1.sock')
    server = createServer((socket) => {
      socket.on('error', () => undefined)
      if (answer === null) socket.resume()
      else
        socket.once('data', (line) => {
          asked = line.toString()
          socket.end(answer)
        })
    })
    server.listen(path)
    await once(server, 'listening')
    return new LauncherClient(path)
  }

  async function failure(client: LauncherClient): Promise<unknown> {
    return await client.status().then(
      () => undefined,
      (error: unknown) => error,
    )
  }

  it('is not there is gone', async () => {
    const error = await failure(new LauncherClient(join(directory, 'none.sock')))
    expect(error).to.be.instanceOf(LauncherUnreachable).and.include({ gone: true })
  })

  it('closes without an answer is gone', async () => {
    expect(await failure(await answering(''))).to.include({ gone: true })
  })

  it('is silent is not gone', async () => {
    const error = await failure(await answering(null))
    expect(error).to.include({ code: 'BATON_LAUNCHER_UNREACHABLE', gone: false })
  })

  it('refuses tells why', async () => {
    const error = await failure(await answering('{"ok":false,"error":"not you"}\n'))
    expect(error).to.include({
      code: 'BATON_LAUNCHER_REFUSED',
      message: "launcher refused 'status': not you",
    })
  })

  it('is of a later protocol is not understood', async () => {
    const later = JSON.stringify({ ok: true, ...launcherStatus(), v: 2 })
    const error = await failure(await answering(`${later}\n`))
    expect(error).to.include({ code: 'BATON_DECODE', path: 'launcher.v' })
  })

  it('tells more than is known is understood', async () => {
    const more = JSON.stringify({ ok: true, ...launcherStatus({ boot: 4 }), seccomp: true })
    expect(await (await answering(`${more}\n`)).status()).to.include({ boot: 4 })
  })

  it('is older than this agent is understood', async () => {
    const { side, aside, lastAside, unheld, standIn, ...older } = launcherStatus({ boot: 4 })
    const status = { ok: true, ...older, lastExit: { code: 1, signal: 0 } }
    const client = await answering(`${JSON.stringify(status)}\n`)
    expect(await client.status()).to.deep.include({
      ...{ side, aside, lastAside, unheld, standIn },
      lastExit: { code: 1, signal: 0, connections: null, atStop: null },
    })
  })

  const questions: Record<string, (client: LauncherClient) => Promise<unknown>> = {
    'stop 1500': (client) => client.stop(1499.6),
    'stop 0 QUIT': (client) => client.stop(0, 'QUIT'),
    'stop-aside 5': (client) => client.stopAside(5, 'SIGTERM'),
    'stop-aside 5 USR1': (client) => client.stopAside(5, 'USR1'),
    'signal HUP': (client) => client.signal('HUP'),
    replace: (client) => client.replace(),
  }
  for (const [line, ask] of Object.entries(questions)) {
    it(`is asked '${line}' answers its status`, async () => {
      const status = { ok: true, ...launcherStatus({ boot: 4 }) }
      const client = await answering(`${JSON.stringify(status)}\n`)
      expect(await ask(client)).to.include({ boot: 4 })
      expect(asked).to.equal(`${line}\n`)
    })
  }

  it('counts connections tells them by address', async () => {
    const counted = { v: 1, connections: { '0.0.0.0:80': 3 }, aside: null, complete: true }
    const client = await answering(`${JSON.stringify({ ok: true, ...counted })}\n`)
    expect(await client.connections()).to.deep.equal(counted)
    expect(asked).to.equal('connections\n')
  })

  it('executes a program tells its number', async () => {
    const client = await answering('{"ok":true,"v":1,"exec":7}\n')
    expect(await client.exec(1000, ['/bin/drain', 'a b'])).to.equal(7)
    expect(asked).to.equal('exec 1000 /bin/drain a%20b\n')
  })

  it('has executed a program tells how it ended', async () => {
    const ended = { v: 1, exec: 7, running: false, code: 0, signal: 9, timedOut: true }
    const client = await answering(`${JSON.stringify({ ok: true, ...ended })}\n`)
    expect(await client.executed(7)).to.deep.equal(ended)
    expect(asked).to.equal('executed 7\n')
  })
})
