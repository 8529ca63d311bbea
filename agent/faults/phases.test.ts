import { expect } from 'chai'
import { setTimeout as delay } from 'node:timers/promises'
import type { AgentContainerStatus } from '../../api/agentStatus.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import { until } from '../../launcher/testing/until.ts'
import { startClients } from '../testing/clients.ts'
import type { SlotName } from '../testing/hotPod.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

/** What the kubelet needs to start a container that has died. */
const KUBELET_MS = 300

type Phase = 'Waiting' | 'Starting' | 'Confirming' | 'Draining'

/** How a handover is kept in a phase until the fault has struck. */
interface Hold {
  readonly order?: Partial<DesiredContainer>
  /** The new version listens so late. */
  readonly delayMs?: number
  /** The slot is restarted only afterwards. */
  readonly late?: boolean
  /** A client keeps its connection to the old process. */
  readonly busy?: boolean
}

const holds: Readonly<Record<Phase, Hold>> = {
  Waiting: { late: true },
  Starting: { delayMs: 2500 },
  Confirming: { order: { confirmSeconds: 3 } },
  Draining: { busy: true },
}
const phases = Object.keys(holds) as readonly Phase[]

interface Fault {
  readonly strike: (started: ProgramPod) => Promise<void>
  /** Connections that processes had when they were killed may be lost. */
  readonly cuts: boolean
  /** Who serves in the end, by the phase in which it struck; v2 if not named. */
  readonly ends?: Partial<Record<Phase, string>>
  readonly not?: Phase
  /** What is told of the connection that a client keeps to the draining process. */
  readonly reason?: string
}

async function killContainers({ pod, command }: ProgramPod, ...slots: SlotName[]): Promise<void> {
  for (const slot of slots) pod.slot(slot).kill('SIGKILL')
  await Promise.all(slots.map((slot) => pod.slot(slot).exited))
  await delay(KUBELET_MS)
  for (const slot of slots) {
    const restarted = pod.boots(slot) > 1
    await pod.startSlot(slot, command(slot === 'proxy-2' && restarted ? 'v2' : 'v1'))
  }
}

async function killProcess({ pod }: ProgramPod, slot: SlotName): Promise<void> {
  const running = async () => (await pod.container()).slots[slot]?.running === true
  await until('it runs', running)
  process.kill(pod.childPid(slot), 'SIGKILL')
}

const faults: Readonly<Record<string, Fault>> = {
  'the agent is killed': {
    strike: ({ pod }) => pod.killAgent(),
    cuts: false,
  },
  'the old process is killed': {
    strike: (started) => killProcess(started, 'proxy-1'),
    cuts: true,
    reason: 'ProxyKilled',
  },
  'the new process is killed': {
    strike: (started) => killProcess(started, 'proxy-2'),
    cuts: true,
    ends: { Confirming: 'v1' },
    not: 'Waiting',
  },
  'the old container dies': {
    strike: (started) => killContainers(started, 'proxy-1'),
    cuts: true,
    reason: 'SlotGone',
  },
  'the new container dies': {
    strike: (started) => killContainers(started, 'proxy-2'),
    cuts: true,
    ends: { Confirming: 'v1' },
  },
  'both containers die': {
    strike: (started) => killContainers(started, 'proxy-1', 'proxy-2'),
    cuts: true,
    ends: { Confirming: 'v1' },
  },
}

for (const [name, fault] of Object.entries(faults)) {
  describe(`when ${name}`, function () {
    this.timeout(120_000)
    let started: ProgramPod
    beforeEach(async () => {
      started = await programPod()
    })
    afterEach(() => started.end())

    for (const phase of phases.filter((one) => one !== fault.not)) {
      const end = fault.ends?.[phase] ?? 'v2'
      it(`in ${phase}, no new client is refused, and ${end} serves in the end`, async () => {
        const clients = startClients(started.ports[0] ?? 0)
        await handOver(started, phase, fault)
        const container = await rests(started.pod, end === 'v2' ? 'proxy-2' : 'proxy-1')
        const { refused, cut, late, served } = await clients.stop()
        expect({ refused, late }, started.pod.output).to.deep.equal({ refused: 0, late: 0 })
        if (!fault.cuts) expect(cut).to.equal(0)
        expect(served).to.include.keys('v1', end)
        expect(await started.ask()).to.equal(end)
        expectNumbers(container, phase, fault)
      })
    }
  })
}

async function handOver(started: ProgramPod, phase: Phase, fault: Fault): Promise<void> {
  const { pod, command, ports } = started
  const { order = {}, delayMs = 0, late = false, busy = false } = holds[phase]
  const restart = () => pod.restartSlot('proxy-2', command('v2', ports, delayMs))
  if (!late) await restart()
  const kept = busy ? started.keepConnection() : null
  await kept?.opened
  await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 }, ...order })
  await pod.reaches('up', phase)
  await fault.strike(started)
  if (late) await restart()
  kept?.close()
}

/** A connection that died with its process is in the numbers of the handover, with the reason. */
function expectNumbers(
  { handover }: AgentContainerStatus,
  phase: Phase,
  { cuts, reason = '' }: Fault,
): void {
  if (phase !== 'Draining') return
  if (reason !== '') {
    expect(handover).to.include({ id: 'up', cutReason: reason })
    // Besides the one that is kept, those of the clients that it was just answering.
    expect(handover?.connectionsCut).to.be.at.least(1)
  }
  if (!cuts) expect(handover).to.include({ id: 'up', connectionsCut: 0, cutReason: '' })
}
