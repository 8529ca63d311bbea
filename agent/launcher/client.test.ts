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
  beforeEach(() => {
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
      else socket.once('data', () => socket.end(answer))
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
})
