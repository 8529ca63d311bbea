import { expect } from 'chai'
import { until } from '../launcher/testing/until.ts'
import { programPod } from './testing/programPod.ts'
import type { ProgramPod } from './testing/programPod.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('a handover', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod()
  })
  afterEach(() => started.end())

  it('waits for the restart that its order names', async () => {
    const { pod, ask, command } = started
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Waiting')
    await pod.looksAgain(3)
    expect(await ask()).to.equal('v1')
    await pod.restartSlot('proxy-2', command('v2'))
    const { active, handover } = await pod.reaches('up', 'Settled')
    expect(active).to.equal('proxy-2')
    expect(handover).to.include({ from: 'proxy-1', to: 'proxy-2', reason: '', listeners: 2 })
    expect(await ask()).to.equal('v2')
    expect(pod.activeFile).to.equal('proxy-2')
    await pod.idles('proxy-1')
  })

  it('takes place when its order comes after the restart', async () => {
    const { pod, ask, command } = started
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Settled')
    expect(await ask()).to.equal('v2')
  })

  it('leads back without a restart', async () => {
    const { pod, ask, command } = started
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Settled')
    await pod.order('back', 'proxy-1')
    await pod.reaches('back', 'Settled')
    expect(await ask()).to.equal('v1')
  })

  it('keeps the pod ready from its start to its end', async () => {
    const { pod, command } = started
    await pod.restartSlot('proxy-2', command('v2', started.ports, 300))
    const polling = new AbortController()
    const unready = pod.watchReadiness(polling.signal)
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Settled')
    polling.abort()
    expect(await unready).to.deep.equal([])
  })

  it('lets a response in flight end, and tells at the timer that it waits', async () => {
    const { pod, command, hold } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const held = await hold()
    const drain = { timerSeconds: 1, maxSeconds: 30, method: {} }
    await pod.order('up', 'proxy-2', { ...upgrade, drain })
    const waiting = await until('the timer has run out', async () => {
      const { phase, handover } = await pod.container()
      return handover?.reportedAt !== undefined && phase === 'Draining' ? handover : undefined
    })
    expect(waiting.settledAt).to.equal(undefined)
    expect(await held.finish()).to.equal('v1')
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover?.connectionsCut).to.equal(0)
  })

  it('drains by another signal than SIGTERM, and the old process stays ended', async () => {
    const { pod, command, ask, hold } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const held = await hold()
    const method = { signal: { name: 'SIGQUIT' } }
    const drain = { timerSeconds: 15, maxSeconds: 30, method }
    await pod.order('up', 'proxy-2', { ...upgrade, drain })
    await pod.reaches('up', 'Draining')
    expect(await held.finish()).to.equal('v1')
    await pod.reaches('up', 'Settled')
    await pod.idles('proxy-1')
    const starts = pod.slot('proxy-1').output.filter((line) => line.includes('"child started"'))
    expect(starts).to.have.length(1)
    expect(await ask()).to.equal('v2')
  })

  it('is superseded by a newer order before its point of no return', async () => {
    const { pod, command, ask } = started
    await pod.restartSlot('proxy-2', command('v2', []))
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Starting')
    await pod.order('revert', 'proxy-1')
    await pod.reaches('revert', 'Settled')
    await pod.idles('proxy-2')
    expect(await ask()).to.equal('v1')
    expect((await pod.get('/metrics')).body).to.contain('result="Superseded"} 1')
  })

  it('ends its drain before an order of another version is taken up, the newest one', async () => {
    const { pod, command, ask, hold } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const held = await hold()
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Draining')
    await pod.order('third', 'proxy-1', { minBoot: { 'proxy-1': 2 } })
    await pod.looksAgain(2)
    await pod.order('fourth', 'proxy-1', { minBoot: { 'proxy-1': 2 } })
    expect(await held.finish()).to.equal('v1')
    await pod.idles('proxy-1')
    await pod.restartSlot('proxy-1', command('v4'))
    await pod.reaches('fourth', 'Settled')
    expect(await ask()).to.equal('v4')
    const ended = pod.log('handover has ended').map(({ result }) => result)
    expect(ended).to.deep.equal(['Settled', 'Settled', 'Settled'])
  })

  it('is confirmed for as long as was ordered, and taken back when the new process exits', async () => {
    const { pod, command, ask } = started
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', { ...upgrade, confirmSeconds: 30 })
    await pod.reaches('up', 'Confirming')
    const exits = async (): Promise<boolean> => {
      // Both accept; whoever gets this one exits, so ask who it is first.
      const { phase } = await pod.container()
      if (phase !== 'Confirming') return true
      process.kill(pod.childPid('proxy-2'), 'SIGKILL')
      return false
    }
    await until('the new process is given up', exits)
    const { handover } = await pod.reaches('up', 'Aborted')
    expect(handover?.reason).to.equal('ProxyExited')
    expect(await ask()).to.equal('v1')
  })

  it('ends the old process when it does not stop by itself, and not before', async () => {
    const { pod, command, ask } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const kept = started.keepConnection()
    await kept.opened
    const drain = { timerSeconds: 1, maxSeconds: 2, method: {} }
    await pod.order('up', 'proxy-2', { ...upgrade, drain })
    const { handover } = await pod.reaches('up', 'Settled')
    expect(handover?.reportedAt).to.be.a('string')
    const lasted =
      Date.parse(handover?.settledAt ?? '') - Date.parse(handover?.drainStartedAt ?? '')
    expect(lasted).to.be.at.least(1900)
    expect(await ask()).to.equal('v2')
    kept.close()
  })
})
