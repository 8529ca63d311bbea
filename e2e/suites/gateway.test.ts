import { expect } from 'chai'
import type { IngressGatewayStatus } from '../../api/v1beta1/ingressgateway.ts'
import { INGRESS_GATEWAYS } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { DEPLOYMENTS, PODS, SERVICES } from '../../runtime/client/kinds.ts'
import type { Load } from '../../test/ledger/index.ts'
import { lightProfile, startLoad } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { isReady } from '../observe/rollout.ts'
import { applyAll } from '../workload/deploy.ts'
import { BARE, bareGateway, edgeGateway, GATEWAY, gatewayApp } from '../workload/gateway.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const NAMESPACE = 'gateway'
const EDGE = { namespace: NAMESPACE, name: GATEWAY }
/** In flight at every moment: a proxy that just ends takes some with it. */
const LANES = [
  ...lightProfile({ scale: 0.4 }),
  { kind: 'slow', perSecond: 6, durationMs: 2000 },
] as const
const MANAGED_BY = 'app.kubernetes.io/managed-by'
const DEADLINE_MS = 60_000

describe('an ingress gateway under load through its Service', () => {
  const environment = useEnvironment()
  const loads: Load[] = []

  afterEach('remove the namespace', async function () {
    this.timeout(60_000)
    for (const load of loads) load.abort()
    const { kubectl } = environment()
    await kubectl(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false'])
  })

  it('loses nothing when image, template and size change; a Deployment without Baton does', async function () {
    this.timeout(180_000)
    const { kubectl, workloads } = environment()
    const [first, second] = [workloads.envoy('1.38.3'), workloads.envoy('1.40.0')]
    const apply = (image: string, fields: object = {}): Promise<string> =>
      applyAll(environment(), [edgeGateway(NAMESPACE, image, fields)])
    await applyAll(environment(), gatewayApp(NAMESPACE, workloads.app))
    await applyAll(environment(), bareGateway(NAMESPACE, first, await addressOf('app')))
    await apply(first)
    const started = await settled(2)
    await kubectl(['rollout', 'status', `deployment/${BARE}`, '-n', NAMESPACE, '--timeout=60s'])
    const before = await gatewayPods()
    const template = await podTemplate()
    const gateway = await loadOn(started.addresses?.[0]?.value ?? '')
    const bare = await loadOn(await addressOf(BARE))

    await apply(second)
    await kubectl(['set', 'image', `deployment/${BARE}`, `proxy=${second}`, '-n', NAMESPACE])
    const { handover } = await settled(2)
    expect(handover).to.include({ completed: 2, failed: 0 })
    const after = await gatewayPods()
    expect(after.map(identity), 'the pods are the same').to.deep.equal(before.map(identity))
    expect(await podTemplate(), 'the template is the same').to.deep.equal(template)
    await kubectl(['rollout', 'status', `deployment/${BARE}`, '-n', NAMESPACE, '--timeout=60s'])
    const control = await bare.stop()

    await kubectl([
      'label',
      `service/${GATEWAY}`,
      `${MANAGED_BY}=me`,
      '--overwrite',
      '-n',
      NAMESPACE,
    ])
    await waitFor('the repaired label', DEADLINE_MS, async () => {
      const { metadata } = await environment().client.resource(SERVICES).get(EDGE)
      return metadata.labels?.[MANAGED_BY] === 'baton-operator' ? true : undefined
    })

    // A real autoscaler: there are too few of them whatever any metric says.
    const bounds = ['--min=3', '--max=4', '--cpu=60%']
    await kubectl(['autoscale', `ingressgateway/${GATEWAY}`, ...bounds, '-n', NAMESPACE])
    await settled(3)
    const known = new Set(after.map(({ metadata }) => metadata.uid))
    const added = (await gatewayPods()).filter(({ metadata }) => !known.has(metadata.uid))
    expect(added.map(slotImages), 'it began with the current version').to.deep.equal([
      [second, second],
    ])

    await apply(second, { replicas: 3, template: { labels: { round: 'two' } } })
    await waitFor('pods of the new template', DEADLINE_MS, async () => {
      const pods = await gatewayPods()
      return pods.length === 3 && pods.every(({ metadata }) => metadata.labels?.['round'] === 'two')
        ? true
        : undefined
    })
    await settled(3)
    const summary = await gateway.stop()
    report('gateway', summary)
    report('Deployment without Baton, the image alone', control)
    expectLossless(summary)
    expect(control.total.lost, 'lost by the control').to.be.above(0)
  })

  /** Once it is as its spec wants it, with so many pods. */
  async function settled(replicas: number): Promise<IngressGatewayStatus> {
    const { client } = environment()
    let seen: IngressGatewayStatus = {}
    return waitFor(
      `a gateway of ${replicas} pods at rest`,
      DEADLINE_MS,
      async () => {
        const { metadata, status = {} } = await client.resource(INGRESS_GATEWAYS).get(EDGE)
        seen = status
        const isComplete = status.conditions?.some(
          ({ type, reason }) => type === 'Progressing' && reason === 'RolloutCompleted',
        )
        return isComplete === true &&
          status.observedGeneration === metadata.generation &&
          status.updatedReadyPods === replicas &&
          status.availableReplicas === replicas
          ? status
          : undefined
      },
      () => JSON.stringify(seen),
    )
  }

  /** Those that stay, the oldest first. */
  async function gatewayPods(): Promise<readonly Pod[]> {
    const labelSelector = `baton.dev/gateway=${GATEWAY}`
    const { items } = await environment()
      .client.resource(PODS)
      .list({ namespace: NAMESPACE, labelSelector })
    return items.filter((pod) => pod.metadata.deletionTimestamp === undefined && isReady(pod))
  }

  async function podTemplate(): Promise<unknown> {
    return (await environment().client.resource(DEPLOYMENTS).get(EDGE)).spec?.template
  }

  async function addressOf(name: string): Promise<string> {
    const ref = { namespace: NAMESPACE, name }
    return (await environment().client.resource(SERVICES).get(ref)).spec?.clusterIP ?? ''
  }

  async function loadOn(host: string): Promise<Load> {
    const load = await startLoad({ targets: { http: [{ host, port: 80 }] }, lanes: LANES })
    loads.push(load)
    return load
  }
})

function identity({ metadata, status }: Pod): object {
  const restarts = status?.containerStatuses?.find(({ name }) => name === 'proxy-1')?.restartCount
  return { name: metadata.name, uid: metadata.uid, restarts }
}

function slotImages({ spec }: Pod): readonly (string | undefined)[] {
  const slots = spec?.containers.filter(({ name }) => /^proxy-[12]$/.test(name)) ?? []
  return slots.map(({ image }) => image)
}
