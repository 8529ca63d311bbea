import { expect } from 'chai'
import type { AgentContainerStatus } from '../api/agentStatus.ts'
import type { DesiredContainer } from '../api/desired.ts'
import { until } from '../launcher/testing/until.ts'
import { programPod } from './testing/programPod.ts'
import type { ProgramPod } from './testing/programPod.ts'

interface Case {
  readonly phase: AgentContainerStatus['phase']
  readonly order?: Partial<DesiredContainer>
  /** The new version listens so late. */
  readonly delayMs?: number
  /** The slot is restarted only after the kill. */
  readonly late?: boolean
  /** A response is in flight at the old process. */
  readonly busy?: boolean
}

const cases: readonly Case[] = [
  { phase: 'Waiting', late: true },
  { phase: 'Starting', delayMs: 3000 },
  { phase: 'Confirming', order: { confirmSeconds: 4 } },
  { phase: 'Draining', busy: true },
]

describe('an agent that is killed', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod()
  })
  afterEach(() => started.end())

  for (const { phase, order = {}, delayMs = 0, late = false, busy = false } of cases) {
    it(`while ${phase} goes on from there`, async () => {
      const { pod, command, ports, ask, hold } = started
      const restart = () => pod.restartSlot('proxy-2', command('v2', ports, delayMs))
      if (!late) await restart()
      const held = busy ? await hold() : undefined
      await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 }, ...order })
      const before = await pod.reaches('up', phase)
      await pod.killAgent()
      if (late) await restart()
      if (held !== undefined) expect(await held.finish()).to.equal('v1')
      const { handover } = await pod.reaches('up', 'Settled')
      expect(await ask()).to.equal('v2')
      // It is the same handover: its times and numbers go on.
      expect(handover?.startedAt).to.equal(before.handover?.startedAt)
      await pod.idles('proxy-1')
    })
  }

  it('while Settled leaves the pod ready and starts nothing', async () => {
    const { pod } = started
    const pid = pod.childPid('proxy-1')
    await pod.killAgent()
    await until('the pod is ready', async () => (await pod.get('/readyz')).status === 200)
    await pod.looksAgain(3)
    expect(pod.childPid('proxy-1')).to.equal(pid)
  })

  it('does not lose an order that comes while it is away', async () => {
    const { pod, command, ask } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const killed = pod.killAgent()
    await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await killed
    await pod.reaches('up', 'Settled')
    expect(await ask()).to.equal('v2')
  })
})
