import { expect } from 'chai'
import { freePort } from '../launcher/testing/ports.ts'
import { programPod } from './testing/programPod.ts'
import type { ProgramPod } from './testing/programPod.ts'

/** A new version in proxy-2 that does not come to serve, and what must be told of it. */
interface Case {
  readonly name: string
  readonly command: (pod: ProgramPod) => readonly string[]
  readonly reason: string
  readonly message: RegExp
}

/** Long enough for a slow machine to start the new version. */
const startDeadlineSeconds = 5

const cases: readonly Case[] = [
  {
    name: 'exits with a code',
    command: () => ['sh', '-c', 'exit 7'],
    reason: 'ProxyExited',
    message: /exited with code 7, [3-9] times/,
  },
  {
    name: 'is not in its image',
    command: () => ['/nowhere/proxy'],
    reason: 'ProxyExited',
    message: /exited with code 127: its command cannot be executed in this image/,
  },
  {
    name: 'never listens',
    command: ({ command }) => command('v2', []),
    reason: 'StartDeadlineExceeded',
    message: /^proxy-2 listened on no address within 5 s\.$/,
  },
  {
    name: 'listens on fewer ports',
    command: ({ command, ports }) => command('v2', ports.slice(0, 1)),
    reason: 'ListenersMissing',
    message: /^proxy-2 did not listen on 0\.0\.0\.0:\d+ within 5 s\.$/,
  },
]

describe('a new version that', function () {
  this.timeout(120_000)
  let started: ProgramPod | undefined
  afterEach(() => started?.end())

  for (const { name, command, reason, message } of cases) {
    it(`${name} is stopped, and the old one never notices`, async () => {
      started = await programPod()
      const { pod, ask } = started
      const pid = (await pod.container()).slots['proxy-1']
      await pod.restartSlot('proxy-2', command(started))
      await pod.order('bad', 'proxy-2', { minBoot: { 'proxy-2': 2 }, startDeadlineSeconds })
      const { active, handover, slots } = await pod.reaches('bad', 'Aborted')
      expect(active).to.equal('proxy-1')
      expect(handover?.reason).to.equal(reason)
      expect(handover?.message).to.match(message)
      expect(slots['proxy-1']).to.deep.equal(pid)
      expect(pod.activeFile).to.equal('proxy-1')
      expect(pod.log('drain is ordered')).to.have.length(0)
      expect((await pod.get('/readyz')).status).to.equal(200)
      // Until it has ended it answers what it has accepted.
      await pod.idles('proxy-2')
      expect(await ask()).to.equal('v1')
    })
  }

  it('fails its health check is drained too, since it has accepted connections', async () => {
    const adminPort = await freePort()
    const otherPort = await freePort()
    const tcpSocket = { port: adminPort }
    started = await programPod({
      privatePorts: [[adminPort, otherPort]],
      probes: { healthCheck: { tcpSocket }, startupProbe: { tcpSocket } },
      first: [adminPort],
    })
    const { pod, command, ports } = started
    // It lacks the private port, which nobody holds and no list of listeners shows.
    await pod.restartSlot('proxy-2', command('v2', ports))
    await pod.order('sick', 'proxy-2', { minBoot: { 'proxy-2': 2 }, startDeadlineSeconds })
    const { handover } = await pod.reaches('sick', 'Aborted')
    expect(handover?.reason).to.equal('HealthCheckFailed')
    expect(handover?.message).to.contain(`connect to 127.0.0.1:${otherPort}`)
    await pod.idles('proxy-2')
    expect(pod.log('slot is retired')).to.have.length(1)
  })

  it('was aborted is not tried again by an agent that was killed', async () => {
    started = await programPod()
    const { pod } = started
    await pod.restartSlot('proxy-2', ['sh', '-c', 'exit 7'])
    await pod.order('bad', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await pod.reaches('bad', 'Aborted')
    const starts = pod.log('slot is started').length
    await pod.killAgent()
    await pod.reaches('bad', 'Aborted')
    await pod.looksAgain(5)
    expect(pod.log('slot is started')).to.have.length(starts)
  })

  it('was aborted is left behind by an order for the one that serves', async () => {
    started = await programPod()
    const { pod } = started
    await pod.restartSlot('proxy-2', ['sh', '-c', 'exit 7'])
    await pod.order('bad', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await pod.reaches('bad', 'Aborted')
    await pod.order('revert', 'proxy-1')
    const { handover } = await pod.reaches('revert', 'Settled')
    expect(handover).to.include({ from: 'proxy-1', to: 'proxy-1' })
    await pod.idles('proxy-2')
  })

  it('is ordered for a slot that is never restarted is given up', async () => {
    started = await programPod()
    const { pod } = started
    await pod.order('stuck', 'proxy-2', { minBoot: { 'proxy-2': 2 }, startDeadlineSeconds: 1 })
    const { handover } = await pod.reaches('stuck', 'Aborted')
    expect(handover?.reason).to.equal('SlotNotRestarted')
  })
})
