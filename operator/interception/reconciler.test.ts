import { expect } from 'chai'
import { annotations } from '../../api/group.ts'
import { NODES, PODS } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { hotProxy, injectedPod } from '../testing/build.ts'
import { startInterceptionWorld } from '../testing/interceptionWorld.ts'
import type { InterceptionWorld } from '../testing/interceptionWorld.ts'

const all = { rollout: { maxUnavailable: '100%' } }
const oneByOne = { rollout: { maxUnavailable: 1 } }

describe('the operator with TrafficInterceptions', function () {
  this.timeout(120_000)
  let world: InterceptionWorld
  afterEach(async () => {
    await world.stop()
  })

  const reason = (type: string, name?: string): string => world.condition(type, name)?.reason ?? ''
  it('switches every pod on and off with exactly two writes each', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(3)
    world.putInterception({ spec: all })
    world.startOperator()
    await world.completed()
    const writes = (count: number) =>
      [0, 1, 2].flatMap((index) =>
        Array.from({ length: count }, () => [`PATCH web-${index}`, `PATCH web-${index}/status`]),
      )
    expect([...world.podWrites()].sort()).to.deep.equal(writes(1).flat().sort())
    expect(world.toldPods()).to.deep.equal([
      'web-0: on enabled',
      'web-1: on enabled',
      'web-2: on enabled',
    ])
    expect(world.interception().status).to.deep.include({
      matchedPods: 3,
      enabledPods: 3,
      disabledPods: 0,
      switchingPods: 0,
      failedPods: 0,
      currentState: 'Enabled',
    })
    expect(world.condition('Available')).to.include({
      status: 'True',
      message: 'the traffic of 3 of 3 pods goes through the proxy',
    })

    world.putInterception({ enabled: false, spec: all })
    await world.completed()
    expect([...world.podWrites()].sort()).to.deep.equal(writes(2).flat().sort())
    expect(world.interception().status).to.deep.include({
      enabledPods: 0,
      disabledPods: 3,
      currentState: 'Disabled',
    })
    // Ready is the kubelet's.
    expect(world.pod('web-0').status?.conditions?.[0]).to.include({ type: 'Ready', status: 'True' })
  })

  it('tells pod, owner and object of it, in events with the numbers', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(1)
    world.putInterception()
    world.startOperator()
    await world.completed()
    world.putInterception({ enabled: false })
    await world.completed()
    for (const event of ['InterceptionEnabled', 'InterceptionDisabled']) {
      await until(() => world.events().filter((one) => one.endsWith(event)).length === 3)
      for (const about of ['Pod web-0', 'ReplicaSet web-rs', 'TrafficInterception web']) {
        expect(world.events()).to.include(`${about}: ${event}`)
      }
    }
    const record = world
      .pod('web-0')
      .status?.conditions?.find(({ type }) => /Interception/.test(type))
    expect(record?.message).to.match(
      /^toggle \w+: disabled\. traffic goes directly after 0\.4 s \(offline 0\.1 s\)$/,
    )
  })

  it('never has more pods in a toggle than maxUnavailable allows', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(5)
    world.putInterception({ spec: { rollout: { maxUnavailable: 2 } } })
    let most = 0
    world.startOperator()
    await until(
      () => {
        const orders = world.podWrites().filter((one) => !one.endsWith('/status')).length
        const { toggles } = world.node
        most = Math.max(most, orders - toggles.length)
        return toggles.length === 5
      },
      { deadlineMs: 60_000 },
    )
    expect(most).to.equal(2)
  })

  it('stops at the partition, and goes on when it is lowered', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(4)
    world.putInterception({ spec: { rollout: { partition: '75%', maxUnavailable: '100%' } } })
    world.startOperator()
    await until(() => reason('Progressing') === 'PartitionReached')
    expect(world.interception().status).to.deep.include({ enabledPods: 1, disabledPods: 3 })
    world.putInterception({ spec: all })
    await world.completed()
  })

  it('starts nothing while paused', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(2)
    world.putInterception({ spec: { rollout: { paused: true } } })
    world.startOperator()
    await until(() => reason('Progressing') === 'RolloutPaused')
    expect(world.condition('Paused')).to.include({ status: 'True' })
    expect(world.podWrites()).to.deep.equal([])
    world.putInterception({ spec: all })
    await world.completed()
  })

  it('stops after a failure, with a sentence that names the pod and what to do', async () => {
    world = await startInterceptionWorld({ brokenHooks: new Set(['web-0']) })
    world.addSwitchablePods(3)
    world.putInterception({ spec: oneByOne })
    world.startOperator()
    await until(() => reason('Progressing') === 'ToggleFailed')
    expect(world.condition('Degraded')?.message).to.equal(
      '1 pod failed, default/web-0 with HookFailed: the hook offline failed: POST ' +
        'http://127.0.0.1:8080/offline was answered with 500; mend the hook offline or set its ' +
        'onError to Continue, then switch again or delete the pod',
    )
    expect(world.podWrites()).to.deep.equal(['PATCH web-0', 'PATCH web-0/status'])
    for (const about of ['Pod web-0', 'ReplicaSet web-rs', 'TrafficInterception web']) {
      await until(() => world.events().includes(`${about}: InterceptionFailed`))
    }
    // The pod is deleted, and the rollout goes on.
    world.server.remove(PODS, { namespace: 'default', name: 'web-0' })
    await world.completed()
    await world.told('web-1: on enabled', 'web-2: on enabled')
  })

  it('goes on past a pod that cannot be written', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(3)
    world.server.fail({ method: 'PATCH', path: /pods\/web-0\?/, status: 403, times: 1_000 })
    world.putInterception({ spec: oneByOne })
    world.startOperator()
    await world.told('web-0: untold', 'web-1: on enabled', 'web-2: on enabled')
    await until(() => reason('Degraded') === 'PodNotWritable')
    world.server.clearFaults()
    await world.completed()
  })

  it('meets a conflict with another look, not with a lost update', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(1)
    world.server.fail({ method: 'PATCH', path: /pods\/web-0\?/, status: 409, times: 2 })
    world.putInterception()
    world.startOperator()
    await world.completed()
    expect(world.node.toggles).to.deep.equal(['web-0: on'])
  })

  it('leaves pods to the older object, and says so', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(2)
    world.putInterception({ name: 'old', createdAt: '2025-01-01T00:00:00Z', spec: all })
    world.putInterception({
      ...{ name: 'new', enabled: false, createdAt: '2025-01-02T00:00:00Z', spec: all },
    })
    world.startOperator()
    await world.completed('old')
    await until(() => reason('Conflict', 'new') === 'OlderObjectWins')
    expect(world.condition('Conflict', 'new')?.message).to.equal(
      'it also selects 2 pods of TrafficInterception old (default/web-0, default/web-1), and the ' +
        'older object wins; narrow the selector of one, or delete it',
    )
    expect(reason('Conflict', 'old')).to.equal('NoConflict')
    expect(world.interception('new').status).to.deep.include({ matchedPods: 0 })
    // The heir takes the pods over as it wants them.
    await world.deleteInterception('old')
    await until(() => !world.hasInterception('old'), { deadlineMs: 60_000 })
    await world.completed('new')
    await world.told('web-0: off disabled', 'web-1: off disabled')
    expect(reason('Conflict', 'new')).to.equal('NoConflict')
  })

  it('switches nothing when the heir wants the same', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(2)
    world.putInterception({ name: 'old', createdAt: '2025-01-01T00:00:00Z', spec: all })
    world.putInterception({ name: 'new', createdAt: '2025-01-02T00:00:00Z', spec: all })
    world.startOperator()
    await world.completed('old')
    await world.deleteInterception('old')
    await until(() => !world.hasInterception('old'), { deadlineMs: 60_000 })
    await until(() => world.interception('new').status?.enabledPods === 2)
    expect(world.node.toggles).to.deep.equal(['web-0: on', 'web-1: on'])
  })

  it('names the pods that were injected without interception', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(1)
    world.server.put(PODS, injectedPod('plain', [hotProxy('proxy:1')], { ip: '127.0.1.9' }))
    world.putInterception()
    world.startOperator()
    await world.completed()
    expect(world.condition('PodsWithoutInterception')).to.include({
      status: 'True',
      message:
        '1 pod cannot be toggled, as they were injected without interception: default/plain; let ' +
        'their SidecarSet intercept, and recreate them',
    })
    expect(world.interception().status).to.deep.include({ matchedPods: 2, enabledPods: 1 })
    expect(world.podWrites().some((one) => one.includes('plain'))).to.equal(false)
  })

  it('narrows to pods by name, and to nodes by their labels, which may change', async () => {
    world = await startInterceptionWorld()
    world.server.put(NODES, { metadata: { name: 'node-a', labels: { zone: 'a' } } })
    world.addSwitchablePods(2)
    const nodeSelector = { zone: 'b' }
    world.putInterception({ name: 'named', spec: { ...all, podNames: ['web-1'] } })
    world.putInterception({ name: 'zoned', spec: { ...all, nodeSelector } })
    world.startOperator()
    await world.completed('named')
    await world.told('web-0: untold', 'web-1: on enabled')
    await until(() => world.interception('zoned').status?.matchedPods === 0)
    world.server.put(NODES, { metadata: { name: 'node-a', labels: { zone: 'b' } } })
    await world.told('web-0: on enabled', 'web-1: on enabled')
    expect(reason('Conflict', 'zoned')).to.equal('OlderObjectWins')
  })

  it('tells of a proxy that died, and of its return', async () => {
    const deadProxies = new Set<string>()
    world = await startInterceptionWorld({ deadProxies })
    world.addSwitchablePods(2)
    world.putInterception({ spec: all })
    world.startOperator()
    await world.completed()
    deadProxies.add('web-1')
    await until(() => reason('Bypassed') === 'ProxyDead', { deadlineMs: 60_000 })
    expect(world.condition('Bypassed')?.message).to.equal(
      '1 pod without a proxy that serves, default/web-1 among them: the proxy does not serve, and ' +
        'the app goes on directly: its process exited with code 1; its interception comes back ' +
        'when the proxy does',
    )
    expect(world.interception().status).to.deep.include({ enabledPods: 1, bypassedPods: 1 })
    await until(() => world.events().includes('Pod web-1: InterceptionBypassed'))
    deadProxies.clear()
    await world.completed()
    expect(reason('Bypassed')).to.equal('ProxiesServe')
  })

  it('waits for an agent that says nothing', async () => {
    const deafPods = new Set(['web-0'])
    world = await startInterceptionWorld({ deafPods })
    world.addSwitchablePods(1)
    world.putInterception({ spec: { drain: { timerSeconds: 0 } } })
    world.startOperator()
    await world.told('web-0: on open')
    // The deadline is not waited for here: the plan's tests turn the clock.
    await until(() => reason('Progressing') === 'RolloutInProgress')
    deafPods.clear()
    await world.completed()
  })

  it('leaves alone what was told by the set at creation, until an object wants it', async () => {
    world = await startInterceptionWorld()
    world.addSwitchablePods(1)
    world.startOperator()
    world.putInterception({ enabled: false })
    await world.completed()
    expect(world.pod('web-0').metadata.annotations).not.to.have.property(annotations.interception)
    expect(world.podWrites()).to.deep.equal([])
  })
})
