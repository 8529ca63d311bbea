import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { control, controlStatus, untilStatus, watchSlot } from './testing/control.ts'
import { launcherBinary } from './testing/binary.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { freePort } from './testing/ports.ts'
import { restricted, startProcess } from './testing/process.ts'
import { httpServer } from './testing/programs.ts'
import type { StartedSlot } from './testing/slot.ts'
import { until } from './testing/until.ts'

describe('control socket', () => {
  let pod: TestPod
  let slot: StartedSlot
  let port: number

  beforeEach(async () => {
    pod = await createPod()
    port = await freePort()
    await pod.keeper()
    slot = await pod.slot('proxy-1', httpServer('v1', [`127.0.0.1:${port}`]), { allowUids: [4242] })
  })
  afterEach(() => pod.end())

  const refusals: Record<string, string> = {
    bogus: "unknown command 'bogus'",
    '': "unknown command ''",
    'sta"rt\\': "unknown command 'sta\"rt\\'",
    STATUS: "unknown command 'STATUS'",
    'signal FOO': "unknown signal 'FOO'",
    signal: "unknown signal ''",
    'signal HUP': 'no child to signal',
    'stop soon': "stop wants milliseconds, not 'soon'",
    'stop -1': "stop wants milliseconds, not '-1'",
    drop: "drop wants an address like 0.0.0.0:80 or [::]:80, not ''",
    'drop 1.2.3:80': "drop wants an address like 0.0.0.0:80 or [::]:80, not '1.2.3:80'",
    'drop [::]:0': "drop wants an address like 0.0.0.0:80 or [::]:80, not '[::]:0'",
    'drop 0.0.0.0:80': "not held '0.0.0.0:80'",
  }
  for (const [line, error] of Object.entries(refusals)) {
    it(`refuses '${line}' with a reason`, async () => {
      expect(await control(slot.socketPath, line)).to.deep.equal({ ok: false, error })
    })
  }

  it('answers several requests on one connection, whole or in pieces', async () => {
    const socket = connect(slot.socketPath)
    let answers = ''
    socket.on('data', (data) => (answers += data.toString()))
    socket.write('status\nli')
    await until('the first is answered', () => answers.includes('\n'))
    socket.write('st\r\nbogus\n')
    await until('all are answered', () => answers.split('\n').length === 4)
    const parsed = answers
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { ok: boolean })
    expect(parsed.map((one) => one.ok)).to.deep.equal([true, true, false])
    socket.destroy()
  })

  it('answers a client that closes its side after the question', async () => {
    const socket = connect({ path: slot.socketPath, allowHalfOpen: true })
    let answer = ''
    socket.on('data', (data) => (answer += data.toString()))
    socket.end('status\n')
    await once(socket, 'close')
    expect(JSON.parse(answer)).to.include({ ok: true })
  })

  it('pushes what happens to its watchers', async () => {
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    await controlStatus(slot.socketPath, 'start')
    const { pid } = await untilStatus(slot.socketPath, 'up', (one) => one.listening.length === 1)
    process.kill(pid, 'SIGKILL')
    await until('it is up again', () => watch.lines.length >= 8)
    const address = `127.0.0.1:${port}`
    const [, ...events] = watch.lines
    const next = events[4]?.['pid']
    expect(events.slice(0, 7)).to.deep.equal([
      { event: 'started', pid },
      { event: 'bound', address },
      { event: 'listening', address },
      { event: 'exited', code: 0, signal: 9, connections: null, crashes: 1, aside: false },
      { event: 'started', pid: next },
      { event: 'bound', address },
      { event: 'listening', address },
    ])
    watch.close()
  })

  it('drops a watcher that never reads, and answers others all the while', async () => {
    const stuck = connect(slot.socketPath)
    let closed = false
    stuck.on('close', () => (closed = true))
    stuck.on('error', () => undefined)
    stuck.write('watch\n')
    stuck.pause()
    // Each request is answered with half a kilobyte that nobody reads.
    for (let i = 0; i < 3000; i++) stuck.write('status\nlist\n')
    await until('it is refused', async () => {
      stuck.write('status\n')
      await controlStatus(slot.socketPath)
      return closed || stuck.destroyed || slot.output.some((line) => line.includes('does not read'))
    })
    stuck.destroy()
    expect(await controlStatus(slot.socketPath)).to.include({ ok: true })
  })

  it('is not locked out by connections that somebody forgot to close', async () => {
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    const idle = Array.from({ length: 40 }, () =>
      connect(slot.socketPath).on('error', () => undefined),
    )
    await until('all are connected', () => idle.every((one) => !one.connecting))
    expect(await controlStatus(slot.socketPath)).to.include({ ok: true })
    expect(watch.closed(), 'the watcher was not thrown out').to.equal(false)
    for (const one of idle) one.destroy()
    watch.close()
  })

  it('survives rubbish', async () => {
    const rubbish = [
      randomBytes(100_000),
      Buffer.alloc(100_000, 'x'),
      Buffer.alloc(5000, '\n'),
      Buffer.alloc(1000),
      Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      Buffer.from(`signal ${'9'.repeat(400)}\n`),
      Buffer.from(`drop [${':'.repeat(300)}]:1\n`),
      Buffer.from('drop [::%99999999999]:1\ndrop [::\ndrop ]:1\ndrop :1\ndrop %:1\n'),
    ]
    for (const bytes of rubbish) {
      const socket = connect(slot.socketPath)
      const closed = new Promise((resolve) => socket.on('close', resolve))
      socket.on('error', () => undefined) // a reset is a fair answer
      socket.resume()
      socket.end(bytes)
      await closed
      expect(await controlStatus(slot.socketPath)).to.include({ ok: true, starts: 0 })
    }
  })

  it('refuses a line without end', async () => {
    const answer = await control(slot.socketPath, 'x'.repeat(4200))
    expect(answer).to.deep.equal({ ok: false, error: 'line longer than 4096 bytes' })
  })

  const uids: readonly { readonly uid: number; readonly allowed: boolean }[] = [
    { uid: 0, allowed: true },
    { uid: 1337, allowed: true },
    { uid: 4242, allowed: true },
    { uid: 4243, allowed: false },
  ]
  for (const { uid, allowed } of uids) {
    it(`${allowed ? 'obeys' : 'refuses'} uid ${uid}`, async function () {
      if (process.getuid?.() !== 0) this.skip() // only root can be somebody else
      const words = [await launcherBinary(), 'ctl', slot.socketPath, 'status']
      const ctl = startProcess([...restricted(uid), ...words])
      expect((await ctl.exited).code).to.equal(allowed ? 0 : 1)
      const answer = JSON.parse(ctl.output[0] ?? '') as Record<string, unknown>
      if (allowed) expect(answer).to.include({ ok: true, slot: 'proxy-1' })
      else
        expect(answer).to.deep.equal({ ok: false, error: 'this uid may not command the launcher' })
    })
  }

  it('passes signals on to the child', async () => {
    const script = 'trap "echo hup" HUP; echo up; while :; do sleep 0.05; done'
    const other = await pod.slot('proxy-2', ['/bin/sh', '-c', script])
    await controlStatus(other.socketPath, 'start')
    await until('it is up', () => other.output.includes('up'))
    await controlStatus(other.socketPath, 'signal HUP')
    await until('it got the signal', () => other.output.includes('hup'))
  })
})
