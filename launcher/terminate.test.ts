import { expect } from 'chai'
import { afterEach, beforeEach, describe, it } from 'mocha'
import { control, controlStatus, untilStatus, watchSlot } from './testing/control.ts'
import { createPod } from './testing/pod.ts'
import type { TestPod } from './testing/pod.ts'
import { until } from './testing/until.ts'

describe('termination', () => {
  let pod: TestPod

  beforeEach(async () => {
    pod = await createPod()
    await pod.keeper()
  })
  afterEach(() => pod.end())

  const patient = ['sleep', '1000']
  const stubborn = ['/bin/sh', '-c', 'trap "" TERM; echo deaf; while :; do sleep 1; done']

  async function running(command: readonly string[], graceSeconds = 20) {
    const slot = await pod.slot('proxy-1', command, { graceSeconds })
    await controlStatus(slot.socketPath, 'start')
    const status = await untilStatus(slot.socketPath, 'it runs', (one) => one.pid > 0)
    return { slot, pid: status.pid }
  }

  for (const signal of ['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGUSR1', 'SIGWINCH'] as const) {
    it(`an idle launcher exits with 0 on ${signal}`, async () => {
      const slot = await pod.slot('proxy-1', patient)
      slot.kill(signal)
      expect(await slot.exited).to.deep.equal({ code: 0, signal: null })
    })
  }

  it('a launcher with a running child serves on until it is told to stop', async () => {
    const { slot, pid } = await running(patient)
    const watch = watchSlot(slot.socketPath)
    await until('watched', () => watch.lines.length === 1)
    slot.kill('SIGTERM')
    await until('the watcher is told', () =>
      watch.lines.some((line) => line['event'] === 'terminating'),
    )
    const status = await controlStatus(slot.socketPath)
    expect(status).to.include({ terminating: true, want: true, pid })
    await controlStatus(slot.socketPath, 'stop')
    expect(await slot.exited).to.deep.equal({ code: 0, signal: null })
  })

  it('a terminating launcher restarts a child that crashes', async () => {
    const { slot, pid } = await running(patient)
    slot.kill('SIGTERM')
    await untilStatus(slot.socketPath, 'it knows', (status) => status.terminating)
    process.kill(pid, 'SIGKILL')
    await untilStatus(slot.socketPath, 'it runs again', (one) => one.pid > 0 && one.pid !== pid)
  })

  it('after the grace period the child is stopped without a word from anybody', async () => {
    const { slot } = await running(patient, 1)
    const before = performance.now()
    slot.kill('SIGTERM')
    expect(await slot.exited).to.deep.equal({ code: 0, signal: null })
    expect(performance.now() - before).to.be.at.least(900)
  })

  it('the grace period holds for a child that was given longer to drain, too', async () => {
    const { slot } = await running(patient, 1)
    await controlStatus(slot.socketPath, 'stop 60000 CONT') // which does not end it
    slot.kill('SIGTERM')
    expect(await slot.exited).to.deep.equal({ code: 0, signal: null })
    expect(slot.output.join('\n')).to.include('grace period is over')
  })

  it('a slot that was stopped does not start again while it terminates', async () => {
    const { slot } = await running(stubborn)
    await until('the trap is set', () => slot.output.includes('deaf'))
    slot.kill('SIGTERM')
    await untilStatus(slot.socketPath, 'it knows', (status) => status.terminating)
    await controlStatus(slot.socketPath, 'stop 20000')
    const answer = await control(slot.socketPath, 'start')
    expect(answer).to.deep.equal({ ok: false, error: 'the launcher is terminating' })
  })

  it('a child that ignores SIGTERM is killed after the grace it was given', async () => {
    const { slot } = await running(stubborn)
    await until('the trap is set', () => slot.output.includes('deaf'))
    const before = performance.now()
    const asked = await controlStatus(slot.socketPath, 'stop 300')
    expect(asked).to.include({ want: false })
    const status = await untilStatus(slot.socketPath, 'it is gone', (one) => one.pid === 0)
    expect(performance.now() - before).to.be.at.least(280)
    expect(status.lastExit).to.include({ code: 0, signal: 9 })
    expect(status.crashes).to.equal(0)
  })

  it('start during a stop gives a new child, and counts no crash', async () => {
    const { slot, pid } = await running(stubborn)
    await until('the trap is set', () => slot.output.includes('deaf'))
    await controlStatus(slot.socketPath, 'stop 200')
    await controlStatus(slot.socketPath, 'start')
    const status = await untilStatus(
      slot.socketPath,
      'the next one runs',
      (one) => one.pid > 0 && one.pid !== pid,
    )
    expect(status).to.include({ starts: 2, crashes: 0 })
  })

  it('start and stop may be said any number of times', async () => {
    const slot = await pod.slot('proxy-1', patient)
    for (const line of ['stop', 'stop', 'start', 'start', 'start'])
      await controlStatus(slot.socketPath, line)
    expect(await untilStatus(slot.socketPath, 'it runs', (one) => one.pid > 0)).to.include({
      starts: 1,
    })
    for (const line of ['stop', 'stop']) await controlStatus(slot.socketPath, line)
    expect(await untilStatus(slot.socketPath, 'it is gone', (one) => one.pid === 0)).to.include({
      crashes: 0,
    })
  })

  it('keep hands SIGTERM to its program and exits with its code', async () => {
    const program = 'trap "exit 7" TERM; echo up; while :; do sleep 0.1; done'
    const keeper = await pod.keeper({
      keeper: `${pod.runDir}/other.sock`,
      command: ['/bin/sh', '-c', program],
    })
    await until('it is up', () => keeper.output.includes('up'))
    keeper.kill('SIGTERM')
    expect(await keeper.exited).to.deep.equal({ code: 7, signal: null })
  })

  it('keep restarts its program and goes on keeping', async () => {
    const program = 'echo up $$; sleep 0.1; exit 3'
    const keeper = await pod.keeper({
      keeper: `${pod.runDir}/other.sock`,
      command: ['/bin/sh', '-c', program],
    })
    await until(
      'it was up three times',
      () => keeper.output.filter((line) => line.startsWith('up')).length === 3,
    )
  })
})
