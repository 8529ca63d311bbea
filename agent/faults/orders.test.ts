import { expect } from 'chai'
import { startClients } from '../testing/clients.ts'
import type { SlotName } from '../testing/hotPod.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

const restarted = (boot: number) => ({ minBoot: { 'proxy-2': boot } })

describe('an order', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod()
  })
  afterEach(() => started.end())

  it('that comes while another is in flight wins, and there is never a third process', async () => {
    const { pod, command, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await pod.restartSlot('proxy-2', command('v2', ports, 2000))
    await pod.order('second', 'proxy-2', restarted(2))
    await pod.reaches('second', 'Starting')
    // The slot is asked to end first: what runs there goes, and nothing starts until it has gone.
    const restart = pod.restartSlot('proxy-2', command('v3'))
    await pod.order('third', 'proxy-2', restarted(3))
    await restart
    const { handover } = await rests(pod, 'proxy-2')
    expect(handover).to.include({ id: 'third', phase: 'Settled', from: 'proxy-1' })
    const { served, ...lost } = await clients.stop()
    expect(lost).to.deep.equal({ refused: 0, cut: 0, late: 0 })
    expect(served).to.have.all.keys('v1', 'v3')
    expect(childrenAtOnce(pod.output)).to.be.at.most(2)
  })

  it('for a slot that does not exist changes nothing', async () => {
    const { pod, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await pod.order('unknown', 'proxy-3' as SlotName)
    await pod.looksAgain(3)
    expect(pod.log('order names an unknown slot')).to.have.length(1)
    expect((await pod.container()).handover?.id).to.equal('initial')
    await rests(pod, 'proxy-1')
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })

  it('every 200 ms leaves the last one in force, and nobody without an answer', async () => {
    const { pod, command, ports } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const clients = startClients(ports[0] ?? 0)
    for (let number = 0; number < 8; number++) {
      await pod.order(`flip ${number}`, number % 2 === 0 ? 'proxy-2' : 'proxy-1', restarted(2))
      await pod.looksAgain(1)
    }
    await pod.order('last', 'proxy-2', restarted(2))
    await pod.reaches('last', 'Settled')
    await rests(pod, 'proxy-2')
    expect(await clients.stop()).to.include({ refused: 0, cut: 0, late: 0 })
  })
})

/** The most processes that lived at one time, by the logs of the launchers. */
function childrenAtOnce(output: string): number {
  const lines = output
    .split('\n')
    .filter((line) => /"child (started|ended)"/.test(line) && line.includes('"slot"'))
    .map((line) => JSON.parse(line) as { readonly time: string; readonly message: string })
    .sort((a, b) => a.time.localeCompare(b.time))
  let now = 0
  let most = 0
  for (const { message } of lines) {
    now += message === 'child started' ? 1 : -1
    most = Math.max(most, now)
  }
  return most
}
