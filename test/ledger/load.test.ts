import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { LedgerError } from './error.ts'
import { goodResponse, listenHttp, type FaultyServer } from './faultyServer.ts'
import { startLoad, type Load, type LoadOptions } from './load.ts'
import { until } from './until.ts'

describe('a load in its own process', () => {
  let server: FaultyServer
  let options: LoadOptions
  let load: Load | undefined

  before(async () => {
    server = await listenHttp((socket) => socket.write(goodResponse))
    options = {
      targets: { http: [server.target] },
      lanes: [
        { kind: 'short', perSecond: 50 },
        { kind: 'keepalive', connections: 2, gapMs: 50 },
      ],
    }
  })

  afterEach(() => {
    load?.abort()
    load = undefined
  })

  after(() => server.close())

  const failure = (promise: Promise<unknown>) =>
    promise.then(
      () => undefined,
      (error: unknown) => error,
    )

  it('gives live numbers and then final ones', async () => {
    const running = (load = await startLoad(options))
    await until('20 requests', async () => (await running.snapshot()).total.ok >= 20)
    const live = await running.snapshot()
    expect(live.running).to.equal(true)
    const final = await running.stop()
    expect(final.running).to.equal(false)
    expect(final.total.sent).to.be.at.least(live.total.sent)
    expect(final.total).to.include({ ok: final.total.sent, lost: 0, pending: 0, skipped: 0 })
    expect(Object.keys(final.kinds)).to.deep.equal(['short', 'keepalive'])
    expect(final.generator.cpuShare).to.be.above(0)
    expect(new Date(final.startedAt).getTime()).to.be.closeTo(Date.now(), 60_000)
    expect(await running.stop()).to.equal(final)
    await until('its process is gone', () => !isAlive(running.pid))
  })

  it('abandons at the deadline what has not been answered', async () => {
    const silent = await listenHttp(() => undefined)
    const running = (load = await startLoad({ ...options, targets: { http: [silent.target] } }))
    await until('pending requests', async () => (await running.snapshot()).total.pending >= 3)
    const { total } = await running.stop({ deadlineMs: 20 })
    await silent.close()
    expect(total).to.include({ abandoned: total.sent, lost: 0, pending: 0 })
  })

  it('runs behind another command', async () => {
    const running = (load = await startLoad({ ...options, wrap: ['env', 'LEDGER=1'] }))
    await until('a request', async () => (await running.snapshot()).total.ok >= 1)
    expect((await running.stop()).total.lost).to.equal(0)
  })

  it('refuses bad options before it starts anything', async () => {
    const error = await failure(startLoad({ ...options, timeoutMs: -1 }))
    expect(error).to.be.instanceOf(LedgerError).with.property('code', 'LEDGER_BAD_OPTION')
  })

  it('says so when the command in front of it cannot be run', async () => {
    const error = await failure(startLoad({ ...options, wrap: ['/nonexistent'] }))
    expect(error).to.be.instanceOf(LedgerError).with.property('code', 'LEDGER_PROCESS')
  })

  it('rejects when its process has died', async () => {
    const running = (load = await startLoad(options))
    process.kill(running.pid, 'SIGKILL')
    const error = await failure(running.stop())
    expect(error).to.be.instanceOf(LedgerError).with.property('code', 'LEDGER_PROCESS')
  })

  it('dies with the process that started it', async () => {
    const script = `
      import { startLoad } from ${JSON.stringify(new URL('load.ts', import.meta.url).href)}
      const load = await startLoad(${JSON.stringify(options)})
      console.log(load.pid)
    `
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [pid] = (await once(createInterface({ input: parent.stdout }), 'line')) as [string]
    expect(isAlive(Number(pid))).to.equal(true)
    parent.kill('SIGKILL')
    await until('the generator is gone', () => !isAlive(Number(pid)))
  })
})

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
