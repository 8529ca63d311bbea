import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { once } from 'node:events'
import { connect } from 'node:net'
import { control, controlStatus, listHeld, untilStatus, watchSlot } from './testing/control.ts'
import type { SlotStatus } from './testing/control.ts'
import { request, startLoad } from './testing/load.ts'
import { createPod } from './testing/pod.ts'
import type { SlotOverrides, TestPod } from './testing/pod.ts'
import { freePort, freePorts } from './testing/ports.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

const patient = ['sleep', '1000']
const stubborn = ['/bin/sh', '-c', 'trap "" TERM QUIT; echo deaf; while :; do sleep 1; done']

describe('a child that is replaced', function () {
  this.timeout(120_000)
  let pod: TestPod
  let port: number

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  const server = (version = 'v1') => httpServer(version, [`127.0.0.1:${port}`])

  async function running(
    command: readonly string[],
    options: SlotOverrides = {},
  ): Promise<{ readonly slot: StartedSlot; readonly pid: number }> {
    const slot = await pod.slot('proxy-1', command, options)
    await controlStatus(slot.socketPath, 'start')
    const isServer = command.at(-1) === `127.0.0.1:${port}`
    const status = await untilStatus(
      slot.socketPath,
      'it runs',
      (one) => one.pid > 0 && one.listening.length === (isServer ? 1 : 0),
    )
    return { slot, pid: status.pid }
  }

  async function replaced(slot: StartedSlot, old: number): Promise<SlotStatus> {
    await controlStatus(slot.socketPath, 'replace')
    return await untilStatus(
      slot.socketPath,
      'another one runs',
      (status) => status.pid > 0 && status.pid !== old,
    )
  }

  it('serves on beside its successor until it is stopped: nobody is refused or cut', async () => {
    const { slot, pid } = await running(server())
    const load = startLoad(port)
    await until('it serves', () => load.count('v1') > 20)
    const slow = answered(port, 1500)
    const status = await replaced(slot, pid)
    expect(status).to.deep.include({ side: 1, aside: { pid, side: 0 }, starts: 2, want: true })
    await untilStatus(slot.socketPath, 'it listens', (one) => one.listening.length === 1)
    const before = load.count('v1')
    await until('both serve', () => load.count('v1') > before + 50)
    await controlStatus(slot.socketPath, 'stop-aside 10000')
    const after = await untilStatus(slot.socketPath, 'the old one is gone', (one) => !one.aside)
    expect(after).to.include({ pid: status.pid, crashes: 0, starts: 2, lastExit: null })
    expect(after.lastAside).to.include({ code: 0, signal: 0 })
    expect(after.listening).to.deep.equal([`127.0.0.1:${port}`])
    expect(await slow, 'it was answered to the end').to.equal(true)
    expect((await load.stop()).lost).to.be.empty
  })

  it('and killed instead of drained cuts what it has open (control)', async () => {
    const { slot, pid } = await running(server())
    const slow = answered(port, 15_000)
    await slow.accepted
    await replaced(slot, pid)
    await controlStatus(slot.socketPath, 'stop-aside 0 KILL')
    expect(await slow).to.equal(false)
    const status = await untilStatus(slot.socketPath, 'it is gone', (one) => !one.aside)
    expect(status.lastAside).to.include({ code: 0, signal: 9 })
    expect(await request(port)).to.equal('v1')
  })

  it('has private ports of its own and a name of its own on each side', async () => {
    const [admin = 0, first = 0, second = 0] = await freePorts(3)
    const script = `echo $BATON_SLOT $BATON_INSTANCE; exec "$@"`
    const command = ['/bin/sh', '-c', script, 'sh', ...httpServer('v1', [`127.0.0.1:${admin}`])]
    const { slot, pid } = await running(command, { privatePorts: { [admin]: [first, second] } })
    await until('the first is there', async () => (await request(first)) === 'v1')
    await replaced(slot, pid)
    await until('the second is there', async () => (await request(second)) === 'v1')
    expect(await request(first), 'and the first still is').to.equal('v1')
    expect(slot.output).to.include.members(['proxy-1 proxy-1', 'proxy-1 proxy-1-b'])
    expect(await listHeld(slot.socketPath)).to.be.empty
  })

  it('changes sides each time', async () => {
    const { slot } = await running(patient)
    const sides: number[] = []
    for (let i = 0; i < 4; i++) {
      const before = await controlStatus(slot.socketPath)
      const status = await replaced(slot, before.pid)
      sides.push(status.side)
      await controlStatus(slot.socketPath, 'stop-aside')
      await untilStatus(slot.socketPath, 'the old one is gone', (one) => !one.aside)
    }
    expect(sides).to.deep.equal([1, 0, 1, 0])
  })

  it('is not started again when it ends, its successor is', async () => {
    const { slot, pid } = await running(server())
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    const second = await replaced(slot, pid)
    process.kill(pid, 'SIGKILL')
    await untilStatus(slot.socketPath, 'the old one is gone', (one) => !one.aside)
    process.kill(second.pid, 'SIGKILL')
    const third = await untilStatus(slot.socketPath, 'the third runs', (one) => one.starts === 3)
    expect(third).to.deep.include({ side: 1, aside: null, crashes: 1 })
    const ends = await until('both ends are told', () => {
      const found = watch.lines.filter((line) => line['event'] === 'exited')
      return found.length === 2 && found
    })
    const end = { event: 'exited', code: 0, signal: 9, connections: null }
    expect(ends).to.deep.equal([
      { ...end, crashes: 0, aside: true },
      { ...end, crashes: 1, aside: false },
    ])
    watch.close()
  })

  it('still gets held listeners for what it binds', async () => {
    const other = await freePort()
    const script = `
import signal, socket, time
def listen(port):
    s = socket.create_server(('127.0.0.1', port))
    s.set_inheritable(False)
    kept.append(s)
kept = []
listen(${port})
signal.signal(signal.SIGHUP, lambda *_: (listen(${other}), print('bound', flush=True)))
print('up', flush=True)
while True: time.sleep(1)
`
    const { slot, pid } = await running(['/usr/bin/python3', '-c', script])
    await until('it is up', () => slot.output.includes('up'))
    await replaced(slot, pid)
    await untilStatus(slot.socketPath, 'it listens', (one) => one.listening.length === 1)
    process.kill(pid, 'SIGHUP')
    await until('the old one has bound another', () => slot.output.includes('bound'))
    const status = await controlStatus(slot.socketPath)
    expect(status.listening, 'of the child only').to.deep.equal([`127.0.0.1:${port}`])
    expect(status.held).to.equal(2)
  })

  it('that ignores its signal is killed after the grace it was given', async () => {
    const { slot, pid } = await running(stubborn)
    await until('the trap is set', () => slot.output.includes('deaf'))
    const next = await replaced(slot, pid)
    await controlStatus(slot.socketPath, 'stop-aside 200 QUIT')
    const status = await untilStatus(slot.socketPath, 'it is gone', (one) => !one.aside)
    expect(status.lastAside).to.include({ code: 0, signal: 9 })
    expect(status.pid, 'and only it').to.equal(next.pid)
  })

  it('was told to stop already: its deadline stays', async () => {
    const { slot, pid } = await running(stubborn)
    await until('the trap is set', () => slot.output.includes('deaf'))
    await controlStatus(slot.socketPath, 'stop 3000')
    const status = await replaced(slot, pid)
    expect(status).to.deep.include({ want: true, aside: { pid, side: 0 } })
    await untilStatus(slot.socketPath, 'the old one is gone', (one) => !one.aside)
    expect((await controlStatus(slot.socketPath)).pid).to.equal(status.pid)
  })

  for (const both of [true, false]) {
    it(`SIGTERM waits for ${both ? 'both, told to stop' : 'the grace, then stops both'}`, async () => {
      const { slot, pid } = await running(patient, { graceSeconds: both ? 20 : 1 })
      const next = await replaced(slot, pid)
      slot.kill('SIGTERM')
      if (both) {
        await untilStatus(slot.socketPath, 'it knows', (one) => one.terminating)
        await controlStatus(slot.socketPath, 'stop')
        const status = await untilStatus(slot.socketPath, 'one is gone', (one) => one.pid === 0)
        expect(status.aside, 'the other is not').to.deep.equal({ pid, side: 0 })
        await control(slot.socketPath, 'stop-aside').catch(() => undefined) // it may be gone first
      }
      expect(await slot.exited).to.deep.equal({ code: 0, signal: null })
      for (const one of [pid, next.pid]) expect(() => process.kill(one, 0)).to.throw('ESRCH')
    })
  }

  it('and its successor die with a launcher that is killed', async () => {
    const { slot, pid } = await running(patient)
    const next = await replaced(slot, pid)
    await slot.end()
    for (const one of [pid, next.pid]) await until('it is gone', () => isGone(one))
  })

  const refusals: Record<
    string,
    { readonly before: readonly string[]; readonly error: string; readonly sideless?: boolean }
  > = {
    'no child runs': { before: [], error: 'no child to replace' },
    'one is set aside already': {
      before: ['start', 'replace'],
      error: 'one is set aside already',
    },
    'the launcher is terminating': {
      before: ['start', 'SIGTERM'],
      error: 'the launcher is terminating',
    },
    'a private port is for one side only': {
      before: ['start'],
      error: 'a private port is for one side only: --private FROM=TO,TO2',
      sideless: true,
    },
  }
  for (const [why, { before, error, sideless = false }] of Object.entries(refusals)) {
    it(`is refused to be when ${why}`, async () => {
      const privatePorts: Record<number, number> = sideless ? { 9901: 9902 } : {}
      const slot = await pod.slot('proxy-1', patient, { privatePorts })
      let starts = 0
      for (const step of before) {
        if (step === 'SIGTERM') slot.kill(step)
        else await controlStatus(slot.socketPath, step)
        starts += step === 'SIGTERM' ? 0 : 1
        await untilStatus(slot.socketPath, 'that is done', (status) =>
          step === 'SIGTERM' ? status.terminating : status.pid > 0 && status.starts === starts,
        )
      }
      expect(await control(slot.socketPath, 'replace')).to.deep.equal({ ok: false, error })
    })
  }
})

describe('a child that is told to stop by a signal of its own', () => {
  let pod: TestPod

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  const polite = 'trap "echo quit; exit 0" QUIT; echo up; while :; do sleep 0.05; done'

  it('is not started again, however fast it ends', async () => {
    const slot = await pod.slot('proxy-1', ['/bin/sh', '-c', polite])
    await controlStatus(slot.socketPath, 'start')
    await until('it is up', () => slot.output.includes('up'))
    expect(await controlStatus(slot.socketPath, 'stop 5000 QUIT')).to.include({ want: false })
    const status = await untilStatus(slot.socketPath, 'it is gone', (one) => one.pid === 0)
    expect(status).to.include({ starts: 1, crashes: 0, want: false })
    expect(slot.output).to.include('quit')
  })

  it('by `signal` is started again: the launcher knows of no stop (control)', async () => {
    const slot = await pod.slot('proxy-1', ['/bin/sh', '-c', polite])
    await controlStatus(slot.socketPath, 'start')
    await until('it is up', () => slot.output.includes('up'))
    await controlStatus(slot.socketPath, 'signal QUIT')
    const status = await untilStatus(slot.socketPath, 'it runs again', (one) => one.starts === 2)
    expect(status).to.include({ crashes: 1, want: true })
  })

  it('gets another signal when it is told another', async () => {
    const slot = await pod.slot('proxy-1', ['/bin/sh', '-c', `trap "" TERM; ${polite}`])
    await controlStatus(slot.socketPath, 'start')
    await until('it is up', () => slot.output.includes('up'))
    await controlStatus(slot.socketPath, 'stop 20000')
    await controlStatus(slot.socketPath, 'stop 20000 QUIT')
    const status = await untilStatus(slot.socketPath, 'it is gone', (one) => one.pid === 0)
    expect(status.lastExit).to.include({ code: 0, signal: 0 })
  })

  const refusals: Record<string, string> = {
    'stop 5 FOO': "unknown signal 'FOO'",
    'stop QUIT': "stop wants milliseconds, not 'QUIT'",
    'stop 5 QUIT x': "unknown signal 'QUIT x'",
    'stop-aside x': "stop wants milliseconds, not 'x'",
  }
  for (const [line, error] of Object.entries(refusals)) {
    it(`'${line}' is refused and stops nothing`, async () => {
      const slot = await pod.slot('proxy-1', patient)
      await controlStatus(slot.socketPath, 'start')
      await untilStatus(slot.socketPath, 'it runs', (one) => one.pid > 0)
      expect(await control(slot.socketPath, line)).to.deep.equal({ ok: false, error })
      expect(await controlStatus(slot.socketPath)).to.include({ want: true, crashes: 0 })
    })
  }
})

/** Whether a request that takes long was answered to its end; `accepted` when it has begun. */
function answered(port: number, ms: number): Promise<boolean> & { accepted: Promise<unknown> } {
  const socket = connect({ port, host: '127.0.0.1' })
  let answer = ''
  socket.on('error', () => undefined) // 'close' follows
  socket.on('data', (data) => (answer += data.toString()))
  socket.write(`GET /slow?ms=${ms} HTTP/1.1\r\nHost: test\r\n\r\n`)
  const accepted = once(socket, 'data')
  const whole = once(socket, 'close').then(() => answer.includes('v1'))
  return Object.assign(whole, { accepted })
}

function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return false
  } catch {
    return true
  }
}
