import { expect } from 'chai'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../launcher/testing/until.ts'
import { HookServer } from './hookServer.ts'
import { jsonLogger } from './log.ts'

describe('the hook socket', () => {
  let directory: string
  let ended: AbortController
  let running: Promise<void>
  const lines: string[] = []
  const path = () => join(directory, 'run', 'agent.sock')
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-hook-'))
    mkdirSync(join(directory, 'run'))
    lines.length = 0
    ended = new AbortController()
    const log = jsonLogger((line) => lines.push(line))
    const server = new HookServer({ path: path(), onDrain: () => Promise.resolve(), log })
    running = server.run(ended.signal)
  })
  afterEach(async () => {
    ended.abort()
    await running
    rmSync(directory, { recursive: true })
  })

  async function drain(): Promise<string> {
    const socket = createConnection(path())
    socket.on('error', () => undefined)
    await once(socket, 'connect')
    socket.write('drain\n')
    const [answer] = (await once(socket, 'data')) as [Buffer]
    return String(answer).trim()
  }

  it('is made again when somebody removes it', async () => {
    expect(await until('it answers', drain)).to.equal('{"ok":true,"v":1}')
    rmSync(path())
    expect(await until('it answers again', drain)).to.equal('{"ok":true,"v":1}')
  })

  it('is made when its directory comes, and says once that it could not', async () => {
    await until('it is there', () => existsSync(path()))
    rmSync(join(directory, 'run'), { recursive: true })
    await until('it says so', () => lines.some((line) => line.includes('hook socket not made')))
    mkdirSync(join(directory, 'run'))
    expect(await until('it answers again', drain)).to.equal('{"ok":true,"v":1}')
    expect(lines.filter((line) => line.includes('"level":"error"'))).to.have.length(1)
  })
})
