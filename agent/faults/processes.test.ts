import { expect } from 'chai'
import { until } from '../../launcher/testing/until.ts'
import { startClients } from '../testing/clients.ts'
import type { ProgramPod } from '../testing/programPod.ts'
import { programPod } from '../testing/programPod.ts'
import { rests } from '../testing/rest.ts'

const upgrade = { minBoot: { 'proxy-2': 2 } }

describe('a process that misbehaves', function () {
  this.timeout(120_000)
  let started: ProgramPod
  afterEach(() => started.end())

  it('and ignores its drain is killed at its longest, and what it had is counted', async () => {
    started = await programPod()
    const { pod, command, ask, ports } = started
    await ask('/stubborn')
    const kept = started.keepConnection()
    await kept.opened
    await pod.restartSlot('proxy-2', command('v2'))
    const drain = { timerSeconds: 1, maxSeconds: 2, method: {} }
    await pod.order('up', 'proxy-2', { ...upgrade, drain })
    const { handover } = await rests(pod, 'proxy-2')
    await kept.ended
    expect(handover).to.include({ phase: 'Settled', cutReason: 'MaxSeconds' })
    expect(handover?.reportedAt).to.be.a('string')
    expect(handover?.connectionsCut).to.be.at.least(1)
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 50)
    const { served, ...lost } = await clients.stop()
    expect(lost).to.deep.equal({ refused: 0, cut: 0, late: 0 })
    expect(served).to.have.all.keys('v2')
  })

  it('and crashes while it drains has its connections counted as cut', async () => {
    started = await programPod()
    const { pod, command, ports } = started
    const kept = started.keepConnection()
    await kept.opened
    const clients = startClients(ports[0] ?? 0)
    await pod.restartSlot('proxy-2', command('v2'))
    await pod.order('up', 'proxy-2', upgrade)
    await pod.reaches('up', 'Draining')
    await pod.looksAgain(3)
    process.kill(pod.childPid('proxy-1'), 'SIGKILL')
    await kept.ended
    const { handover } = await rests(pod, 'proxy-2')
    expect(handover).to.include({ phase: 'Settled', connectionsCut: 1, cutReason: 'ProxyKilled' })
    expect(await clients.stop()).to.include({ refused: 0, late: 0 })
  })

  it('and hangs is noticed by its liveness probe, and replaced without a refusal', async () => {
    const probe = { periodSeconds: 1, failureThreshold: 1, timeoutSeconds: 1 }
    started = await programPod({
      probesOf: (port) => ({ livenessProbe: { httpGet: { port, path: '/' }, ...probe } }),
    })
    const { pod, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 50)
    const pid = pod.childPid('proxy-1')
    process.kill(pid, 'SIGSTOP')
    const replaced = () => pod.childPid('proxy-1') !== pid || pod.activeFile === 'proxy-2'
    await until('another process serves', replaced, 60_000)
    const answers = clients.answers
    await until('clients are served again', () => clients.answers > answers + 50)
    expect(await clients.stop()).to.include({ refused: 0 })
  })
})

describe('a proxy without Baton', function () {
  this.timeout(120_000)
  let started: ProgramPod | undefined
  afterEach(() => started?.end())

  it('refuses clients while it is stopped and started: the control of all these tests', async () => {
    started = await programPod()
    const { pod, ports } = started
    const clients = startClients(ports[0] ?? 0)
    await until('some are served', () => clients.answers > 50)
    // Everything that holds the listeners goes: agent, standby and the proxy itself.
    await pod.killAll()
    const answers = clients.answers
    await until('clients have noticed', () => clients.answers > answers + 10)
    expect((await clients.stop()).refused).to.be.above(0)
  })
})
