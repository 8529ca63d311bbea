import { expect } from 'chai'
import { CONTROLLER_REVISIONS, DEPLOYMENTS, SERVICES } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { startGatewayWorld } from '../testing/gatewayWorld.ts'
import type { GatewayWorld } from '../testing/gatewayWorld.ts'

const EDGE = { namespace: 'shop', name: 'edge' }
/** Only writes have a field manager; leases and events are about no gateway. */
const WRITES = /\/(ingressgateways|deployments|services|controllerrevisions|pods)\b.*fieldManager=/

const withImage = (image: string): object => ({
  proxy: { name: 'proxy', image, command: ['envoy'] },
})

describe('a gateway whose operator dies between any two writes', function () {
  this.timeout(120_000)
  let world: GatewayWorld
  afterEach(async () => {
    await world.stop()
  })

  const isDone = (image: string): boolean => {
    const { status, metadata } = world.gateway()
    return (
      status?.updatedReadyPods === 1 &&
      status.availableReplicas === 1 &&
      status.observedGeneration === metadata.generation &&
      world.condition('Progressing')?.reason === 'RolloutCompleted' &&
      world.serving().join() === image
    )
  }

  /** Lets `count` writes through, then none. True when the operator has met that before it was done. */
  async function diesAfter(count: number, image: string): Promise<boolean> {
    const begun = world.server.requests.length
    const operator = world.startOperator()
    world.server.fail({ path: WRITES, status: 0, times: 1_000_000, after: count })
    const writes = (): number =>
      world.server.requests
        .slice(begun)
        .filter(({ path, query }) => WRITES.test(`${path}?${Object.keys(query).join('=')}=`)).length
    await until(() => writes() > count || isDone(image), { deadlineMs: 60_000 })
    const isDead = writes() > count
    await operator.stop()
    world.server.clearFaults()
    return isDead
  }

  it('is made once, by the next one', async () => {
    for (let count = 0; ; count++) {
      world = await startGatewayWorld()
      world.putGateway(withImage('envoy:1'))
      const isDead = await diesAfter(count, 'envoy:1')
      world.startOperator()
      await until(() => isDone('envoy:1'), { deadlineMs: 60_000, what: `after ${count} writes` })
      expect(world.gatewayPods()).to.have.length(1)
      expect(world.server.get(SERVICES, EDGE)).not.to.equal(undefined)
      expect(world.server.list(CONTROLLER_REVISIONS)).to.have.length(1)
      expect(world.condition('Accepted')?.status).to.equal('True')
      if (!isDead) {
        expect(count).to.be.greaterThan(4)
        return
      }
      await world.stop()
    }
  })

  it('gets its new image once, into the same pod', async () => {
    for (let count = 0; ; count++) {
      world = await startGatewayWorld()
      world.putGateway(withImage('envoy:1'))
      const first = world.startOperator()
      await until(() => isDone('envoy:1'), { deadlineMs: 60_000 })
      await first.stop()
      const template = world.server.get(DEPLOYMENTS, EDGE)?.spec?.template
      const [pod] = world.gatewayPods()
      world.putGateway(withImage('envoy:2'))
      const isDead = await diesAfter(count, 'envoy:2')
      world.startOperator()
      await until(() => isDone('envoy:2'), { deadlineMs: 60_000, what: `after ${count} writes` })
      expect(world.gatewayPods().map(({ metadata }) => metadata.uid)).to.deep.equal([
        pod?.metadata.uid,
      ])
      expect(world.server.get(DEPLOYMENTS, EDGE)?.spec?.template).to.deep.equal(template)
      expect(world.node.switches, `after ${count} writes`).to.have.length(1)
      if (!isDead) {
        expect(count).to.be.greaterThan(4)
        return
      }
      await world.stop()
    }
  })
})
