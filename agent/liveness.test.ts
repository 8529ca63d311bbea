import { expect } from 'chai'
import { until } from '../launcher/testing/until.ts'
import { startClients } from './testing/clients.ts'
import type { ProgramPod } from './testing/programPod.ts'
import { programPod } from './testing/programPod.ts'

const probe = { periodSeconds: 1, failureThreshold: 2, timeoutSeconds: 3 }
const probesOf = (port: number) => ({
  livenessProbe: { httpGet: { port, path: '/' }, ...probe },
})

/** It accepts connections from now on, and answers none. */
function hang(started: ProgramPod): void {
  started.ask('/mute').catch(() => undefined)
}

describe('a process that accepts and never answers', function () {
  this.timeout(120_000)
  let started: ProgramPod
  beforeEach(async () => {
    started = await programPod({ probesOf })
  })
  afterEach(() => started.end())

  it('is replaced by the other slot while that holds the same version, for good', async () => {
    const { pod, ports, ask } = started
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 20)
    hang(started)
    const { active, handover } = await pod.reaches('initial', 'FailedOver')
    expect(active).to.equal('proxy-2')
    expect(handover?.reason).to.equal('LivenessFailed')
    expect(handover?.message).to.match(/^proxy-2 replaces proxy-1, which failed its liveness probe/)
    await pod.idles('proxy-1')
    expect(await ask()).to.equal('v1')
    await pod.looksAgain(3)
    expect(pod.activeFile).to.equal('proxy-2')
    // Those that it had accepted are lost, and told so; nobody was ever turned away.
    const outcomes = await clients.stop()
    expect(outcomes.refused).to.equal(0)
    expect(outcomes.cut + outcomes.late).to.be.greaterThan(0)
    expect((await pod.get('/metrics')).body).to.match(
      /cut_total\{container="proxy",reason="LivenessFailed",protocol="unknown"\} [1-9]/,
    )
  })

  it('is started anew when the other slot holds another version, which serves if that does not help', async () => {
    const { pod, command, ask } = started
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await pod.reaches('up', 'Settled')
    const before = pod.childPid('proxy-2')
    hang(started)
    // Until it has ended it takes connections, and answers none.
    await until('it is another process', () => pod.childPid('proxy-2') !== before, 60_000)
    expect(await until('it answers', ask, 60_000)).to.equal('v2')
    expect(await pod.container()).to.include({ phase: 'Settled', active: 'proxy-2' })
    hang(started)
    const { active } = await pod.reaches('up', 'FailedOver')
    expect(active).to.equal('proxy-1')
    await pod.idles('proxy-2')
    expect(await ask()).to.equal('v1')
    await pod.looksAgain(3)
    expect(pod.activeFile).to.equal('proxy-1')
  })
})
