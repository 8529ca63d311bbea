import { expect } from 'chai'
import { INGRESS_GATEWAYS } from '../../api/v1beta1/kinds.ts'
import { CONTROLLER_REVISIONS, DEPLOYMENTS, PODS, SERVICES } from '../../runtime/client/kinds.ts'
import type { Deployment, Service } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { startGatewayWorld } from '../testing/gatewayWorld.ts'
import type { GatewayWorld, GatewayWorldOptions } from '../testing/gatewayWorld.ts'

const EDGE = { namespace: 'shop', name: 'edge' }

const withImage = (image: string, more: object = {}): object => ({
  replicas: 2,
  proxy: { name: 'proxy', image, command: ['envoy'] },
  ...more,
})

describe('a gateway', function () {
  this.timeout(120_000)
  let world: GatewayWorld
  afterEach(async () => {
    await world.stop()
  })

  const deployment = (): Deployment | undefined => world.server.get(DEPLOYMENTS, EDGE)
  const service = (): Service | undefined => world.server.get(SERVICES, EDGE)
  const uids = (): readonly (string | undefined)[] =>
    world.gatewayPods().map(({ metadata }) => metadata.uid)
  const hasSettled = (pods: number): boolean => {
    const { status, metadata } = world.gateway()
    return (
      world.condition('Progressing')?.reason === 'RolloutCompleted' &&
      status?.observedGeneration === metadata.generation &&
      status?.updatedReadyPods === pods &&
      status.availableReplicas === pods
    )
  }
  const settled = (pods: number): Promise<unknown> =>
    until(() => hasSettled(pods), {
      deadlineMs: 60_000,
      what: `a gateway of ${pods} pods at rest`,
    })
  const start = async (options: GatewayWorldOptions = {}, spec = withImage('envoy:1')) => {
    world = await startGatewayWorld(options)
    world.putGateway(spec)
    world.startOperator()
    await settled(2)
  }
  const rolledOut = async (image: string, pods: number): Promise<void> => {
    await until(() => world.serving().every((one) => one === image), {
      deadlineMs: 60_000,
      what: `${image} in all pods`,
    })
    await settled(pods)
  }

  it('gets a Deployment of slots and agent, and a Service, which are its own', async () => {
    await start()
    const template = deployment()?.spec?.template
    expect(template?.spec?.containers.map(({ name }) => name)).to.deep.equal([
      'proxy-1',
      'proxy-2',
      'baton-agent',
    ])
    const { uid } = world.gateway().metadata
    for (const owned of [deployment(), service()])
      expect(owned?.metadata.ownerReferences?.[0]).to.include({ kind: 'IngressGateway', uid })
    expect(service()?.spec?.selector).to.deep.equal({ 'baton.dev/gateway': 'edge' })
    expect(service()?.spec?.ports).to.deep.equal([{ port: 80, targetPort: 8080, protocol: 'TCP' }])
    expect(world.gateway().status).to.deep.include({
      ...{ replicas: 2, availableReplicas: 2, matchedPods: 2, updatedPods: 2 },
      selector: 'baton.dev/gateway=edge',
    })
    expect(world.gateway().status?.templateRevision).to.equal(
      world.gateway().status?.latestRevision,
    )
    expect(world.condition('Accepted')).to.include({ status: 'True', reason: 'Applied' })
    expect(world.condition('Available')).to.include({ reason: 'AllPodsReady' })
    expect(world.condition('Addressed')?.message).to.include('has no address yet')
  })

  it('gets another image into the pods that it has, and into no template', async () => {
    await start()
    const [before, pods] = [deployment()?.spec?.template, uids()]
    world.putGateway(withImage('envoy:2'))
    await rolledOut('envoy:2', 2)
    expect(uids()).to.deep.equal(pods)
    expect(deployment()?.spec?.template).to.deep.equal(before)
    expect(world.node.switches).to.have.length(2)
    expect(world.gateway().status?.handover).to.include({ completed: 2, failed: 0 })
  })

  it('starts new pods with the image that the others have', async () => {
    await start()
    world.putGateway(withImage('envoy:2'))
    await rolledOut('envoy:2', 2)
    world.putGateway(withImage('envoy:2', { replicas: 3 }))
    await settled(3)
    expect(world.serving()).to.deep.equal(['envoy:2', 'envoy:2', 'envoy:2'])
    // The third was never upgraded: it began so.
    expect(world.node.switches).to.have.length(2)
    const slots = world.gatewayPods().at(-1)?.spec?.containers.slice(0, 2)
    expect(slots?.map(({ image }) => image)).to.deep.equal(['envoy:2', 'envoy:2'])
  })

  it('has new pods while no webhook answers, and brings them to their revision', async () => {
    let hasWebhook = true
    await start({ hasWebhook: () => hasWebhook })
    world.putGateway(withImage('envoy:2'))
    await rolledOut('envoy:2', 2)
    hasWebhook = false
    world.putGateway(withImage('envoy:2', { replicas: 3 }))
    await rolledOut('envoy:2', 3)
    expect(world.node.switches).to.have.length(3)
  })

  it('takes the steps of a canary, in which new pods are of the revision before', async () => {
    await start()
    const canary = {
      replicas: 2,
      updateStrategy: { canary: { steps: [{ replicas: 1, pause: {} }] } },
    }
    world.putGateway(withImage('envoy:2', canary))
    await until(() => world.condition('Paused')?.reason === 'CanaryStepPaused')
    world.putGateway(withImage('envoy:2', { ...canary, replicas: 4 }))
    await until(() => world.gatewayPods().length === 4)
    const images = world.serving().toSorted()
    expect(images).to.deep.equal(['envoy:1', 'envoy:1', 'envoy:1', 'envoy:2'])
  })

  it('goes back from an image that fails, and its new pods too', async () => {
    await start({ brokenImages: new Set(['envoy:bad']) })
    const pods = uids()
    world.putGateway(withImage('envoy:bad'))
    await until(() => world.condition('Degraded')?.reason === 'RolledBack')
    world.putGateway(withImage('envoy:bad', { replicas: 3 }))
    await until(() => world.gatewayPods().length === 3)
    expect(world.serving()).to.deep.equal(['envoy:1', 'envoy:1', 'envoy:1'])
    expect(uids().slice(0, 2)).to.deep.equal(pods)
  })

  it('replaces pods by its Deployment when more than images changes', async () => {
    await start()
    const pods = uids()
    world.putGateway(withImage('envoy:1', { template: { nodeSelector: { zone: 'a' } } }))
    await until(() => uids().every((uid) => !pods.includes(uid)))
    expect(world.condition('Degraded')?.status).to.equal('False')
    expect(deployment()?.spec?.template.spec?.nodeSelector).to.deep.equal({ zone: 'a' })
    await settled(2)
  })

  it('makes new pods of the revision that is proven when both image and place change', async () => {
    await start()
    const canary = { updateStrategy: { canary: { steps: [{ replicas: 1, pause: {} }] } } }
    const template = { nodeSelector: { zone: 'a' } }
    world.putGateway(withImage('envoy:2', { ...canary, template }))
    await until(() => world.condition('Paused')?.reason === 'CanaryStepPaused')
    expect(world.serving().toSorted()).to.deep.equal(['envoy:1', 'envoy:2'])
    const first = deployment()?.spec?.template.spec?.containers[0]
    expect(first?.image).to.equal('envoy:1')
  })

  it('repairs what somebody else changes of what is its own, and leaves the rest', async () => {
    await start()
    const before = service()
    if (before?.spec === undefined) throw new Error('there is no Service')
    world.server.put(SERVICES, {
      ...before,
      metadata: { ...before.metadata, annotations: { 'lb.example.com/id': '7' } },
      spec: { ...before.spec, selector: { app: 'other' }, clusterIP: '10.0.0.7' },
    })
    await until(() => service()?.spec?.selector?.['baton.dev/gateway'] === 'edge')
    expect(service()?.spec?.clusterIP).to.equal('10.0.0.7')
    expect(service()?.metadata.annotations).to.include({ 'lb.example.com/id': '7' })
  })

  it('takes away what it gave before and is not wanted any more', async () => {
    const ports = [
      { name: 'http', port: 80, targetPort: 8080 },
      { name: 'https', port: 443, targetPort: 8443 },
    ]
    const annotations = { 'lb.example.com/internal': 'true' }
    await start({}, withImage('envoy:1', { service: { ports, annotations } }))
    expect(service()?.spec?.ports).to.have.length(2)
    world.putGateway(withImage('envoy:1', { service: { ports: ports.slice(0, 1) } }))
    await until(() => service()?.spec?.ports?.length === 1)
    expect(service()?.metadata.annotations).not.to.have.property('lb.example.com/internal')
  })

  it('repairs the template of its Deployment', async () => {
    await start()
    const before = deployment()
    if (before?.spec === undefined) throw new Error('there is no Deployment')
    const wanted = before.spec.template
    const template = { ...wanted, spec: { ...wanted.spec, containers: [] } }
    world.server.put(DEPLOYMENTS, { ...before, spec: { ...before.spec, template } })
    await until(() => deployment()?.spec?.template.spec?.containers.length === 3)
    expect(deployment()?.spec?.template).to.deep.equal(wanted)
  })

  it('makes anew what somebody deletes', async () => {
    await start()
    world.server.remove(SERVICES, EDGE)
    await until(() => service() !== undefined)
    world.server.remove(DEPLOYMENTS, EDGE)
    await until(() => deployment() !== undefined)
    await settled(2)
  })

  for (const kind of ['Deployment', 'Service'] as const) {
    it(`leaves a ${kind} of its name alone that is somebody else's, and says so`, async () => {
      world = await startGatewayWorld()
      const metadata = { ...EDGE, uid: 'uid-of-another', labels: { 'baton.dev/gateway': 'edge' } }
      const theirs =
        kind === 'Service'
          ? world.server.put(SERVICES, { metadata, spec: { selector: { app: 'theirs' } } })
          : world.server.put(DEPLOYMENTS, {
              metadata,
              spec: { replicas: 0, selector: {}, template: { spec: { containers: [] } } },
            })
      world.putGateway()
      world.startOperator()
      await until(() => world.condition('Accepted')?.reason === 'NameTaken')
      expect(world.condition('Accepted')?.message).to.match(
        new RegExp(`^there is a ${kind} edge in shop that is not this gateway's`),
      )
      await until(() => world.events().includes('IngressGateway edge: NameTaken'))
      const now = kind === 'Service' ? service() : deployment()
      expect(now?.spec).to.deep.equal(theirs.spec)
      expect(now?.metadata.ownerReferences).to.equal(undefined)
    })
  }

  it('says what the API server refuses, and tries again', async () => {
    world = await startGatewayWorld()
    const message = 'exceeded quota: services'
    const fault = { method: 'PATCH', path: /\/services\//, status: 403, message, times: 1_000_000 }
    world.server.fail(fault)
    world.putGateway()
    world.startOperator()
    await until(() => world.condition('Accepted')?.reason === 'WriteRefused')
    expect(world.condition('Accepted')?.message).to.include('Service edge cannot be written')
    // The Deployment does not wait for the Service.
    await until(() => world.gateway().status?.availableReplicas === 1)
    world.server.clearFaults()
    world.putGateway({ replicas: 2 })
    await settled(2)
    expect(world.condition('Accepted')?.reason).to.equal('Applied')
  })

  it('outlives conflicts, and an API server that has enough', async () => {
    world = await startGatewayWorld()
    const path = /ingressgateways|deployments|services/
    for (const status of [409, 429, 503])
      world.server.fail({ method: 'PATCH', path, status, times: 2, after: 1 })
    world.putGateway(withImage('envoy:1'))
    world.startOperator()
    await settled(2)
    expect(world.server.list(DEPLOYMENTS)).to.have.length(1)
  })

  it('leaves nothing behind when it is deleted', async () => {
    await start()
    world.putGateway(withImage('envoy:2'))
    await rolledOut('envoy:2', 2)
    expect(world.server.list(CONTROLLER_REVISIONS)).to.have.length(2)
    world.deleteGateway()
    await until(
      () =>
        world.server.list(CONTROLLER_REVISIONS).length === 0 &&
        world.server.list(PODS).length === 0 &&
        world.server.list(DEPLOYMENTS).length + world.server.list(SERVICES).length === 0,
    )
    expect(world.server.list(INGRESS_GATEWAYS)).to.deep.equal([])
  })

  it('is swept up after by an operator that was away when it was deleted', async () => {
    world = await startGatewayWorld()
    world.putGateway(withImage('envoy:1'))
    const operator = world.startOperator()
    await settled(2)
    await operator.stop()
    world.deleteGateway()
    await until(() => world.server.list(PODS).length === 0)
    expect(world.server.list(CONTROLLER_REVISIONS)).to.have.length(1)
    world.startOperator()
    await until(() => world.server.list(CONTROLLER_REVISIONS).length === 0)
  })

  it('tells its events of itself, not of the set that it amounts to', async () => {
    await start()
    world.putGateway(withImage('envoy:2'))
    await rolledOut('envoy:2', 2)
    await until(() => world.events().includes('IngressGateway edge: RolloutCompleted'))
    expect(world.events().filter((one) => one.startsWith('SidecarSet'))).to.deep.equal([])
  })

  it('writes nothing once all is as it should be', async () => {
    await start()
    const before = world.server.requests.length
    world.server.dropWatches()
    await until(() => world.server.requests.length > before + 5)
    const writes = world.server.requests
      .slice(before)
      .filter(({ method, path }) => method !== 'GET' && !/leases|events|admissionreg/.test(path))
    expect(writes.map(({ method, path }) => `${method} ${path}`)).to.deep.equal([])
  })
})
