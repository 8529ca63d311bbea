import { expect } from 'chai'
import { until } from '../launcher/testing/until.ts'
import { startClients } from './testing/clients.ts'
import type { HotPod, SlotName } from './testing/hotPod.ts'
import type { ProgramPod } from './testing/programPod.ts'
import { programPod } from './testing/programPod.ts'

/** As when the node kills containers: agent, keeper and slots at one instant, with all they run. */
function killTogether(pod: HotPod, ...slots: readonly SlotName[]): void {
  pod.keeper.kill('SIGKILL')
  for (const slot of slots) pod.slot(slot).kill('SIGKILL')
}

/** Whom the dying process has accepted in its last moment is cut: one that comes after is meant. */
function answered(ask: ProgramPod['ask']): Promise<string> {
  return until('somebody answers', () => ask().catch(() => undefined))
}

function startedBy(pod: HotPod, slot: SlotName): boolean {
  return pod.slot(slot).output.some((line) => line.includes('"child started"'))
}

describe('when the agent and the active slot die together', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod()
  })
  afterEach(() => started.end())

  it('the other slot stands in, nobody is refused, and the agent makes it the active one', async () => {
    const { pod, command, ports, ask } = started
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 50)
    const killedAt = Date.now()
    killTogether(pod, 'proxy-1')
    expect(await answered(ask)).to.equal('v1')
    console.log(`      new clients were served again ${Date.now() - killedAt} ms after the kill`)
    await until('the other slot has started one', () => startedBy(pod, 'proxy-2'))
    await pod.startAgent()
    const { active, slots } = await pod.reaches('initial', 'FailedOver')
    expect(active).to.equal('proxy-2')
    expect(slots['proxy-2']).to.include({ running: true })
    await until('the file names it', () => pod.activeFile === 'proxy-2')
    await pod.startSlot('proxy-1', command('v1 again'))
    const back = await pod.reaches('initial', 'Settled')
    expect(back.active).to.equal('proxy-1')
    expect(await ask()).to.equal('v1 again')
    await pod.idles('proxy-2')
    await pod.looksAgain(3)
    const phases = pod.log('phase changed').map(({ to }) => to)
    expect(phases).to.deep.equal(['FailedOver', 'Starting', 'Confirming', 'Draining', 'Settled'])
    const { refused, late } = await clients.stop()
    expect({ refused, late }).to.deep.equal({ refused: 0, late: 0 })
  })

  it('and the slot comes back before the agent does, the one that stood in is drained', async () => {
    const { pod, command, ask, hold } = started
    killTogether(pod, 'proxy-1')
    expect(await answered(ask)).to.equal('v1')
    const held = await hold()
    // Without a keeper it cannot know the listeners: it waits for one.
    await pod.startSlot('proxy-1', command('v1 again'))
    await pod.startAgent()
    await until('the slot that came back serves', async () => (await ask()) === 'v1 again')
    expect(await held.finish()).to.equal('v1')
    await pod.idles('proxy-2')
    expect(await pod.container()).to.include({ phase: 'Settled', active: 'proxy-1' })
    expect(pod.log('phase changed')).to.deep.equal([])
    expect(await ask()).to.equal('v1 again')
  })

  it('and the other slot with them, clients are refused: the control of these tests', async () => {
    const { pod, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 20)
    killTogether(pod, 'proxy-1', 'proxy-2')
    const answers = clients.answers
    await until('some have tried', () => clients.answers > answers + 20)
    expect((await clients.stop()).refused).to.be.greaterThan(0)
  })
})
