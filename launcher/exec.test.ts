import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { once } from 'node:events'
import { connect } from 'node:net'
import { control, controlStatus, untilStatus, watchSlot } from './testing/control.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

interface Executed {
  readonly running: boolean
  readonly code: number
}

describe('programs executed in a slot', () => {
  let pod: TestPod
  let slot: StartedSlot
  let port: number

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    await pod.keeper()
    slot = await pod.slot('proxy-1', httpServer('v1', [`127.0.0.1:${port}`]))
  })
  afterEach(() => pod.end())

  const encode = (word: string): string => (word === '' ? '%' : encodeURIComponent(word))

  async function execute(timeoutMs: number, ...words: readonly string[]): Promise<number> {
    const answer = await control(
      slot.socketPath,
      `exec ${timeoutMs} ${words.map(encode).join(' ')}`,
    )
    expect(answer).to.include({ ok: true, v: 1 })
    return (answer as { exec: number }).exec
  }

  function ended(id: number): Promise<Executed> {
    return until(`${id} has ended`, async () => {
      const now = (await control(slot.socketPath, `executed ${id}`)) as Executed
      return now.running ? false : now
    })
  }

  it('get their words as they are, and tell how they ended', async () => {
    const id = await execute(
      20_000,
      'sh',
      '-c',
      'printf "<%s>" "$@"; echo; exit 3',
      '',
      'a b',
      '',
      '%',
    )
    expect(await ended(id)).to.deep.equal({
      ...{ ok: true, v: 1, exec: id },
      ...{ running: false, code: 3, signal: 0, timedOut: false },
    })
    await until('its output is there', () => slot.output.includes('<a b><><%>'))
  })

  it('are told to watchers when they end', async () => {
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    const id = await execute(20_000, 'true')
    await until('it is told', () => watch.lines.length === 2)
    expect(watch.lines[1]).to.deep.equal({
      ...{ event: 'executed', exec: id },
      ...{ code: 0, signal: 0, timedOut: false },
    })
    watch.close()
  })

  it('are killed when their time is over, with all they have started', async () => {
    const id = await execute(2000, 'sh', '-c', 'sleep 1000 & echo sleeper $!; wait')
    expect(await ended(id)).to.deep.include({ code: 0, signal: 9, timedOut: true })
    const line = await until('the pid is told', () =>
      slot.output.find((one) => one.startsWith('sleeper ')),
    )
    await until('the sleeper is gone', () => {
      try {
        return !process.kill(Number(line.split(' ')[1]), 0)
      } catch {
        return true
      }
    })
  })

  it('that do not exist end with 127', async () => {
    expect(await ended(await execute(20_000, '/no/such/program'))).to.include({ code: 127 })
  })

  it('run four at a time at most', async () => {
    const ids = []
    for (let i = 0; i < 4; i++) ids.push(await execute(20_000, 'sleep', '1000'))
    expect(await control(slot.socketPath, 'exec 1000 true')).to.deep.equal({
      ok: false,
      error: '4 programs are running already',
    })
    expect(new Set(ids)).to.have.length(4)
  })

  it('are forgotten only when many others have been executed since', async () => {
    const first = await execute(20_000, 'true')
    await ended(first)
    for (let i = 0; i < 15; i++) await ended(await execute(20_000, 'true'))
    expect(await control(slot.socketPath, `executed ${first}`)).to.include({ ok: true })
    await ended(await execute(20_000, 'true'))
    expect(await control(slot.socketPath, `executed ${first}`)).to.deep.equal({
      ok: false,
      error: `no such execution '${first}'`,
    })
  })

  it('know whose sockets to look for, and are no end of the child', async () => {
    await controlStatus(slot.socketPath, 'start')
    await untilStatus(slot.socketPath, 'it listens', (status) => status.listening.length === 1)
    await ended(await execute(20_000, 'sh', '-c', 'echo for $BATON_SLOT $BATON_INSTANCE'))
    await until('it speaks', () => slot.output.includes('for proxy-1 proxy-1'))
    expect(await controlStatus(slot.socketPath)).to.include({ starts: 1, crashes: 0 })
  })

  it('bind for themselves: nothing of theirs is held', async () => {
    const script = `require('node:net').createServer().listen(${port}, '127.0.0.1')`
    await execute(20_000, process.execPath, '-e', script)
    await until('it listens', async () => {
      const socket = connect({ port, host: '127.0.0.1' })
      await once(socket, 'connect')
      socket.destroy()
      return true
    })
    expect(await controlStatus(slot.socketPath)).to.include({ held: 0 })
  })

  const refusals: Record<string, string> = {
    exec: 'exec wants TIMEOUT_MS and a program',
    'exec 1000': 'exec wants TIMEOUT_MS and a program',
    'exec 0 true': "exec wants milliseconds, not '0'",
    'exec soon true': "exec wants milliseconds, not 'soon'",
    'exec 1000 %': 'exec wants the name of a program',
    'exec 1000 true  x': 'exec wants percent-encoded words with one space between',
    'exec 1000 true %4': 'exec wants percent-encoded words with one space between',
    'exec 1000 true %zz': 'exec wants percent-encoded words with one space between',
    'exec 1000 true %00': 'exec wants percent-encoded words with one space between',
    [`exec 1000 true${' x'.repeat(256)}`]: 'exec wants at most 256 words',
    executed: "no such execution ''",
    'executed 1': "no such execution '1'",
    'executed x': "no such execution 'x'",
  }
  for (const [line, error] of Object.entries(refusals)) {
    it(`are refused for '${line.slice(0, 30)}'`, async () => {
      expect(await control(slot.socketPath, line)).to.deep.equal({ ok: false, error })
    })
  }
})
