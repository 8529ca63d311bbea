import { expect } from 'chai'
import { until } from '../launcher/testing/until.ts'
import type { HeldResponse } from './testing/heldResponse.ts'
import type { ProgramPod } from './testing/programPod.ts'
import { programPod } from './testing/programPod.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('an order back to the version that drains', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod()
  })
  afterEach(() => started.end())

  /** Brings it into mid-drain: the old process still has a response to end. */
  async function drainSlowly(maxSeconds = 30): Promise<HeldResponse> {
    const { pod, command, hold } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const held = await hold()
    const drain = { timerSeconds: 1, maxSeconds, method: {} }
    await pod.order('up', 'proxy-2', { ...upgrade, drain })
    await pod.reaches('up', 'Draining')
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    return held
  }

  it('is carried out beside the drain, which goes on until its last request', async () => {
    const { pod, ask } = started
    const before = pod.childPid('proxy-1')
    const held = await drainSlowly()
    await pod.order('back', 'proxy-1')
    const back = await pod.reaches('back', 'Settled')
    expect(back.active).to.equal('proxy-1')
    expect(back.handover).to.include({ from: 'proxy-2', to: 'proxy-1', connectionsCut: 0 })
    expect(back.slots['proxy-1']).to.include({ running: true, aside: true })
    expect(back.turnedBack).to.include({ id: 'up', phase: 'Draining', reason: 'TurnedBack' })
    expect(await ask()).to.equal('v1')
    expect(pod.childPid('proxy-1')).to.not.equal(before)
    await pod.idles('proxy-2')
    expect(await held.finish()).to.equal('v1')
    const { turnedBack, slots } = await until('the old process has ended', async () => {
      const container = await pod.container()
      return container.turnedBack?.settledAt === undefined ? undefined : container
    })
    expect(slots['proxy-1']).to.include({ running: true, aside: false })
    expect(turnedBack).to.include({ connectionsCut: 0, connectionsLeft: 0, cutReason: '' })
    expect(await ask()).to.equal('v1')
    expect((await pod.get('/metrics')).body).to.contain('result="TurnedBack"} 1')
  })

  it('keeps to the longest life that was ordered for the old process, and counts the cut', async () => {
    const { pod } = started
    const kept = started.keepConnection()
    await kept.opened
    const held = await drainSlowly(8)
    expect(await held.finish()).to.equal('v1')
    await pod.order('back', 'proxy-1')
    await pod.reaches('back', 'Settled')
    await kept.ended
    const turnedBack = await until('the old process has ended', async () => {
      const { turnedBack: record } = await pod.container()
      return record?.settledAt === undefined ? undefined : record
    })
    expect(turnedBack).to.include({ connectionsCut: 1, cutReason: 'MaxSeconds' })
    const lasted =
      Date.parse(turnedBack.settledAt ?? '') - Date.parse(turnedBack.drainStartedAt ?? '')
    expect(lasted).to.be.at.least(7900)
    expect((await pod.get('/metrics')).body).to.contain('reason="MaxSeconds",protocol="unknown"} 1')
  })

  it('waits while another process is set aside, and is carried out then', async () => {
    const { pod, ask } = started
    const held = await drainSlowly()
    await pod.order('back', 'proxy-1')
    // The second drain is short: nobody holds the new process.
    await pod.reaches('back', 'Settled')
    await pod.order('again', 'proxy-2')
    await pod.looksAgain(2)
    expect((await pod.container()).handover?.id).to.equal('back')
    expect(await held.finish()).to.equal('v1')
    await pod.reaches('again', 'Settled')
    expect(await ask()).to.equal('v2')
  })

  for (const point of ['before it acts', 'while it acts', 'when it has acted'] as const) {
    it(`survives an agent that is killed ${point}`, async () => {
      const { pod, ask } = started
      const held = await drainSlowly()
      const acted = () => pod.log('process is set aside and another one started').length > 0
      const killed = point === 'before it acts' ? pod.killAgent() : null
      await pod.order('back', 'proxy-1')
      if (point === 'while it acts') await until('it acts', acted)
      if (point === 'when it has acted') await pod.reaches('back', 'Settled')
      await (killed ?? pod.killAgent())
      await pod.reaches('back', 'Settled')
      expect(await ask()).to.equal('v1')
      expect(await held.finish()).to.equal('v1')
      await until('no process is set aside', async () => {
        const { slots } = await pod.container()
        return slots['proxy-1']?.aside === false
      })
      await pod.idles('proxy-2')
    })
  }
})

describe('a new version that dies in mid-drain', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod()
  })
  afterEach(() => started.end())

  it('is stood in for by a second process of the old one, whose drain goes on', async () => {
    const { pod, command, ask, hold } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const held = await hold()
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Draining')
    await until('the drain is ordered', () => pod.log('drain is ordered').length === 1)
    pod.slot('proxy-2').kill('SIGKILL')
    await pod.reaches('up', 'FailedOver')
    expect(await ask()).to.equal('v1')
    expect(await held.finish()).to.equal('v1')
    const { turnedBack } = await until('the old process has ended', async () => {
      const container = await pod.container()
      return container.turnedBack?.settledAt === undefined ? undefined : container
    })
    expect(turnedBack).to.include({ id: 'up', connectionsCut: 0 })
  })
})
