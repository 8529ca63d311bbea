import { expect } from 'chai'
import { until } from '../../runtime/testing/until.ts'
import { startGatewayWorld } from '../../operator/testing/gatewayWorld.ts'
import type { GatewayWorld } from '../../operator/testing/gatewayWorld.ts'
import { runCli } from '../testing/runCli.ts'
import type { Ran, RunOptions } from '../testing/runCli.ts'

const withImage = (image: string): object => ({
  replicas: 2,
  proxy: { name: 'proxy', image, command: ['envoy'] },
})

describe('commands about a gateway, with an operator that obeys', function () {
  this.timeout(120_000)
  let world: GatewayWorld

  beforeEach(async () => {
    world = await startGatewayWorld()
    world.putGateway(withImage('envoy:1'))
    world.startOperator()
    await complete('envoy:1')
  })
  afterEach(() => world.stop())

  const run = (line: string, options: RunOptions = {}): Promise<Ran> =>
    runCli(line.split(' '), { kubeconfig: world.server.kubeConfigYaml(), ...options })
  const image = (): string | undefined => world.gateway().spec.proxy.image
  const complete = (wanted: string): Promise<unknown> =>
    until(
      () =>
        world.condition('Progressing')?.reason === 'RolloutCompleted' &&
        world.gateway().status?.updatedReadyPods === 2 &&
        world.serving().every((one) => one === wanted),
      { deadlineMs: 60_000, what: `${wanted} in all pods` },
    )
  const waiting = { sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 20)) }

  it('show it among the sets, and alone with its pods', async () => {
    const all = await run('status -o json')
    expect(all.json()).to.have.nested.property('sets[0].set', 'gateway.shop.edge')
    for (const word of ['gateway/shop/edge', 'igw/edge -n shop', 'gateway.shop.edge']) {
      const one = await run(`status ${word}`)
      expect([one.code, one.stderr], word).to.deep.equal([0, ''])
      expect(one.stdout).to.match(/edge-1/)
    }
  })

  it('say why it is at rest, of the gateway and of a pod', async () => {
    expect((await run('why gateway/shop/edge')).stdout).to.include('gateway.shop.edge')
    const pod = world.gatewayPods()[0]?.metadata.name ?? ''
    expect((await run(`why pod/${pod} -n shop`)).code).to.equal(0)
  })

  it('upgrade it and wait, and roll it back', async () => {
    const { code, stdout, stderr } = await run(
      'upgrade gateway/edge proxy=envoy:2 -n shop --wait --timeout 30s',
      waiting,
    )
    expect([code, stderr]).to.deep.equal([0, ''])
    expect(stdout).to.include('upgrade of 2 pods in 1 namespace to proxy=envoy:2')
    expect(image()).to.equal('envoy:2')
    expect(world.serving()).to.deep.equal(['envoy:2', 'envoy:2'])
    const history = await run('history gateway/shop/edge -o json')
    expect(history.code).to.equal(0)
    const back = await run('rollback gateway/shop/edge --yes --wait --timeout 30s', waiting)
    expect([back.code, back.stderr]).to.deep.equal([0, ''])
    expect(world.serving()).to.deep.equal(['envoy:1', 'envoy:1'])
    const { upgradeType, handover } = world.gateway().spec.proxy.upgradeStrategy ?? {}
    expect(upgradeType).to.equal('HotUpgrade')
    expect(handover).to.include({ startDeadlineSeconds: 60, confirmSeconds: 0 })
  })

  it('pause it, give it up and try it again', async () => {
    expect((await run('pause gateway/shop/edge')).code).to.equal(0)
    expect(world.gateway().spec.updateStrategy?.paused).to.equal(true)
    expect((await run('upgrade gateway/shop/edge proxy=envoy:2')).code).to.equal(0)
    await until(() => world.gateway().status?.rollout !== undefined)
    const aborted = await run('abort gateway/shop/edge --yes')
    expect([aborted.code, aborted.stderr]).to.deep.equal([0, ''])
    await until(() => world.condition('Degraded')?.status === 'True')
    expect((await run('retry gateway/shop/edge --yes')).code).to.equal(0)
    expect((await run('resume gateway/shop/edge')).code).to.equal(0)
    await complete('envoy:2')
  })

  it('are completed by its name', async () => {
    expect((await run('__complete status gate')).stdout).to.match(/^gateway\/shop\/edge\n/)
  })

  it('tell which gateway there is not', async () => {
    const { code, stderr } = await run('status gateway/egde -n shop')
    expect(code).not.to.equal(0)
    expect(stderr).to.include('there is no IngressGateway "egde" in namespace shop')
  })

  it('take its pods for nobody who was left behind', async () => {
    const { stdout } = await run('check --data-plane -o json')
    expect(stdout).not.to.include('SidecarSet that is gone')
  })
})
