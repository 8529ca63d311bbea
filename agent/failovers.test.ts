import { expect } from 'chai'
import { freePort } from '../launcher/testing/ports.ts'
import { until } from '../launcher/testing/until.ts'
import { programPod } from './testing/programPod.ts'
import type { ProgramPod } from './testing/programPod.ts'

describe('a failover', function () {
  this.timeout(120_000)
  let started: ProgramPod | undefined
  afterEach(() => started?.end())

  it('starts the other slot when the container of the active one has died, and leads back', async () => {
    started = await programPod()
    const { pod, command, ask } = started
    pod.slot('proxy-1').kill('SIGKILL')
    const { active, handover } = await pod.reaches('initial', 'FailedOver')
    expect(active).to.equal('proxy-2')
    expect(handover).to.include({ from: 'proxy-1', to: 'proxy-2', reason: 'SlotGone' })
    expect(handover?.message).to.equal(
      'proxy-2 stands in for proxy-1, which has no launcher any more.',
    )
    expect(await ask()).to.equal('v1')
    await until('the pod is ready', async () => (await pod.get('/readyz')).status === 200)
    // The kubelet brings it back.
    await pod.startSlot('proxy-1', command('v1 again'))
    const back = await pod.reaches('initial', 'Settled')
    expect(back.active).to.equal('proxy-1')
    expect(await ask()).to.equal('v1 again')
    await pod.idles('proxy-2')
  })

  it('leaves an active slot that somebody restarts, and goes back to it, always ready', async () => {
    started = await programPod()
    const { pod, command, ask } = started
    const polling = new AbortController()
    const unready = pod.watchReadiness(polling.signal)
    await pod.restartSlot('proxy-1', command('patched'))
    await until('it is back', async () => {
      const { phase, active } = await pod.container()
      return phase === 'Settled' && active === 'proxy-1'
    })
    polling.abort()
    expect(await ask()).to.equal('patched')
    expect(await unready).to.deep.equal([])
    const ended = pod.log('handover has ended').map(({ result }) => result)
    expect(ended).to.deep.equal(['Settled', 'FailedOver', 'Settled'])
  })

  it('gives up a process that keeps exiting', async () => {
    started = await programPod()
    const { pod, ask } = started
    const kill = async (): Promise<boolean> => {
      const { phase, slots } = await pod.container()
      if (phase === 'FailedOver') return true
      if (slots['proxy-1']?.running === true) process.kill(pod.childPid('proxy-1'), 'SIGKILL')
      return false
    }
    await until('it is given up', kill)
    await until('somebody serves', async () => (await ask()) === 'v1')
  })

  it('is not what a single crash leads to: the launcher restarts it', async () => {
    started = await programPod()
    const { pod, ask } = started
    await ask('/quit').catch(() => undefined)
    expect(await ask()).to.equal('v1')
    await pod.looksAgain(3)
    expect((await pod.container()).phase).to.equal('Settled')
  })

  it('comes about also when agent and active container die together', async () => {
    started = await programPod()
    const { pod, ask } = started
    const killed = pod.killAgent()
    pod.slot('proxy-1').kill('SIGKILL')
    await killed
    await pod.reaches('initial', 'FailedOver')
    expect(await ask()).to.equal('v1')
  })

  it('has to end the drain of the old process when no second one can start beside it', async () => {
    const privatePort = await freePort()
    started = await programPod({
      privatePorts: [[privatePort, await freePort()]],
      first: [privatePort],
    })
    const { pod, command, ask, keepConnection } = started
    await pod.restartSlot('proxy-2', command('v2'))
    const kept = keepConnection()
    await kept.opened
    await pod.order('up', 'proxy-2', { minBoot: { 'proxy-2': 2 } })
    await pod.reaches('up', 'Draining')
    await until('it is counted', async () => {
      return ((await pod.container()).handover?.connectionsLeft ?? 0) > 0
    })
    pod.slot('proxy-2').kill('SIGKILL')
    await pod.reaches('up', 'FailedOver')
    await kept.ended
    expect(await ask()).to.equal('v1')
    expect((await pod.get('/metrics')).body).to.contain('reason="MadeRoom",protocol="unknown"} 1')
  })
})

describe('a new version that was given up and still has connections', function () {
  this.timeout(120_000)
  let started: ProgramPod | undefined
  afterEach(() => started?.end())

  it('is started anew when it must stand in', async () => {
    const privatePort = await freePort()
    started = await programPod({
      privatePorts: [[privatePort, await freePort()]],
      probes: { healthCheck: { tcpSocket: { port: privatePort } } },
      first: [privatePort],
    })
    const { pod, command, ports, keepConnection } = started
    await pod.restartSlot('proxy-2', command('v2', ports))
    await pod.order('sick', 'proxy-2', { minBoot: { 'proxy-2': 2 }, startDeadlineSeconds: 8 })
    await pod.reaches('sick', 'Starting')
    // Both accept from one queue: some of these meet the new one.
    const kept = await until('the new one has a connection', async () => {
      const connection = keepConnection()
      return (await connection.opened).includes('x-version: v2') ? connection : undefined
    })
    await pod.reaches('sick', 'Aborted')
    const before = pod.childPid('proxy-2')
    pod.slot('proxy-1').kill('SIGKILL')
    await kept.ended
    await until('it runs again', () => pod.childPid('proxy-2') !== before)
    expect(await until('it answers', () => started?.ask())).to.equal('v2')
  })
})

describe("the pod's end", function () {
  this.timeout(120_000)
  let started: ProgramPod | undefined
  afterEach(() => started?.end())

  it('drains the active process before the agent exits with code 0', async () => {
    started = await programPod()
    const { pod, ask, hold } = started
    pod.keeper.kill('SIGTERM')
    await until(
      'the end has begun',
      () => pod.log('pod ends, waiting for its endpoints to go').length > 0,
    )
    // Whoever has not heard of it yet is served as before.
    expect(await ask()).to.equal('v1')
    const held = await hold()
    pod.keeper.kill('SIGTERM')
    expect(await held.finish()).to.equal('v1')
    expect(await pod.keeper.exited).to.deep.equal({ code: 0, signal: null })
    expect(pod.log('slots are stopped')).to.have.length(1)
    await pod.idles('proxy-1')
  })

  it('can be asked for by a preStop hook, which is answered when all is drained', async () => {
    started = await programPod()
    const { pod } = started
    const answer = await pod.hook('drain')
    expect(answer).to.equal('{"ok":true,"v":1}')
    await pod.idles('proxy-1')
    expect(await pod.hook('reboot')).to.equal('{"ok":false,"error":"unknown command \'reboot\'"}')
  })
})
