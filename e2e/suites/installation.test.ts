import { expect } from 'chai'
import { SYSTEM_NAMESPACE, AGENT_CONTAINER } from '../../api/group.ts'
import { OPERATOR, WEBHOOK } from '../../api/installation.ts'
import { definitions } from '../../crds/definitions.ts'
import type { OciImage } from '../../build/images/oci.ts'
import type { ProductImages } from '../../build/images/products.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { DEPLOYMENTS, LEASES, NAMESPACES, PODS, SECRETS } from '../../runtime/client/kinds.ts'
import type { Load } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import { measureRotation } from '../bench/rotation/measure.ts'
import { importProduct, installBaton, uninstallBaton } from '../environment/install.ts'
import { waitFor } from '../environment/wait.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import type { ReadinessWatch } from '../observe/readiness.ts'
import { watchReadiness } from '../observe/readiness.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { applyAll, deployMesh } from '../workload/deploy.ts'
import { meshSet, RESTRICTED } from '../workload/mesh.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const NAME = 'installed'
const FAST_ROTATION = { caLifetimeSeconds: 60, lifetimeSeconds: 60, overlapSeconds: 2 } as const

/** One installation from its upgrade to its end, and an app that serves all the while. */
describe('an installation', function () {
  this.timeout(240_000)
  const environment = useEnvironment()
  let app: MeshApp
  let load: Load | undefined
  let readiness: ReadinessWatch | undefined

  before('deploy an app', async () => {
    if (!environment().nodeAccess) return
    app = await deployMesh(environment(), {
      name: NAME,
      image: environment().workloads.envoy('1.38.3'),
      replicas: 2,
      confirmSeconds: 3,
    })
  })
  beforeEach(async function () {
    // Other people's clusters cannot be given images that are in no registry of theirs.
    if (!environment().nodeAccess) this.skip()
    readiness = await watchReadiness(environment().client, NAME)
    load = await app.loadPods(standardProfile({ scale: 0.15 }))
  })
  afterEach(async () => {
    load?.abort()
    load = undefined
    await readiness?.stop()
    readiness = undefined
  })
  after('leave Baton installed as it was', async () => {
    if (!environment().nodeAccess) return
    await install(environment().product)
    await app.remove()
  })

  const install = (product: ProductImages, certificates?: typeof FAST_ROTATION): Promise<void> => {
    const { client, kubectl } = environment()
    return installBaton({
      ...{ client, kubectl, product, log: () => undefined },
      ...(certificates === undefined ? {} : { certificates }),
    })
  }
  const nobodyNoticed = async (what: string): Promise<void> => {
    if (load === undefined) throw new Error('there was no load')
    await untilSent([load], (await sentSoFar([load])) + 100)
    const summary = await load.stop()
    load = undefined
    report(what, summary)
    expectLossless(summary)
    expect(readiness?.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
  }
  const agentsOf = (pods: readonly Pod[]): readonly string[] =>
    pods.flatMap(({ spec }) =>
      (spec?.containers ?? [])
        .filter(({ name }) => name === AGENT_CONTAINER)
        .map(({ image = '' }) => image),
    )

  it('is upgraded with pods in flight, and both old and new agents finish', async () => {
    const { cluster, product, workloads } = environment()
    const next = renamed(product, 'next')
    await importProduct(cluster, next)
    const generation = await app.rollout.setImage(workloads.envoy('1.40.0'))
    await waitFor('a pod in flight', 30_000, async () =>
      ((await app.rollout.get()).status?.upgradingPods ?? 0) > 0 ? true : undefined,
    )
    await install(next, FAST_ROTATION)
    const status = await app.rollout.completed(generation)
    expect(status.failedPods ?? 0, 'failed pods').to.equal(0)
    const before = await app.pods()
    expect(new Set(agentsOf(before))).to.deep.equal(new Set([product.agent.name]))
    await nobodyNoticed('installation upgraded')

    const pods = await app.scale(3)
    expect(new Set(agentsOf(pods))).to.deep.equal(new Set([product.agent.name, next.agent.name]))
    const again = await app.rollout.setImage(workloads.envoy('1.39.3'))
    expect((await app.rollout.completed(again)).failedPods ?? 0, 'failed pods').to.equal(0)
  })

  it('is measured by a load that sees it when a pod is ended', async () => {
    const [pod] = await app.pods()
    if (pod === undefined || load === undefined) throw new Error('the app has no pod')
    await environment().client.resource(PODS).delete(pod.metadata, { gracePeriodSeconds: 1 })
    await untilSent([load], (await sentSoFar([load])) + 400)
    const summary = await load.stop()
    load = undefined
    report('a pod ended, the control', summary)
    expect(summary.total.lost, 'lost by the control').to.be.above(0)
    await app.scale(3)
  })

  it('rotates its CA every few seconds and fails no admission', async () => {
    const { client } = environment()
    const pod = podOf(NAME)
    const row = await measureRotation(client, { kind: 'baton', pods: 600, pod })
    process.stdout.write(
      `      ${row.created} created, ${row.failed} failed, ${row.rotations} rotations ` +
        `in ${row.seconds.toFixed(1)} s\n`,
    )
    expect(row.failures).to.deep.equal([])
    expect(row.rotations).to.be.at.least(2)
  })

  it('fails admissions when the CA is replaced without overlap', async () => {
    const { client } = environment()
    const pod = podOf(NAME)
    const row = await measureRotation(client, { kind: 'control', pods: 600, pod })
    process.stdout.write(`      ${row.failed} of ${row.created + row.failed} failed\n`)
    expect(row.failures.join()).to.match(/x509|certificate/)
  })

  it('without webhooks refuses selected pods with a sentence, and creates all others', async () => {
    const { client } = environment()
    await withoutWebhooks(async () => {
      const refusal = await client
        .resource(PODS)
        .create(podOf(NAME), { dryRun: true, retry: false })
        .then(() => 'created', String)
      expect(refusal).to.match(new RegExp(`failed calling webhook "${NAME}.inject.baton.dev"`))
      const ofGateway = podOf(NAME, { 'baton.dev/gateway': 'edge' })
      for (const pod of [podOf('another'), ofGateway])
        await client.resource(PODS).create(pod, { dryRun: true, retry: false })
    })
  })

  it('was never refused anything by the roles of the cluster', async () => {
    const { kubectl } = environment()
    for (const name of [OPERATOR, WEBHOOK]) {
      const selector = `app.kubernetes.io/name=${name}`
      const of = ['-n', SYSTEM_NAMESPACE, 'logs', '--selector', selector, '--tail=-1'] as const
      const lines = (await kubectl(of)).split('\n')
      expect(lines.length, `lines of ${name}`).to.be.above(2)
      expect(lines.filter((line) => /forbidden/i.test(line))).to.deep.equal([])
    }
  })

  it('can be removed while its pods serve, and leaves nothing behind', async () => {
    const { client, kubectl, product } = environment()
    const before = (await app.pods()).map(({ metadata }) => metadata.uid).sort()
    await uninstallBaton(kubectl, product)
    await waitFor('the namespace gone', 90_000, async () =>
      (await client.resource(NAMESPACES).find({ name: SYSTEM_NAMESPACE })) === undefined
        ? true
        : undefined,
    )
    expect(await leftovers()).to.deep.equal([])
    expect((await app.pods()).map(({ metadata }) => metadata.uid).sort()).to.deep.equal(before)
    await nobodyNoticed('uninstalled')
  })

  it('finds the pods again that it left, and upgrades them', async () => {
    const { product, workloads } = environment()
    await install(product)
    const options = { name: NAME, updateStrategy: { maxUnavailable: 3 } }
    await applyAll(environment(), [meshSet({ ...options, image: workloads.envoy('1.39.3') })])
    const generation = await app.rollout.setImage(workloads.envoy('1.40.0'))
    expect((await app.rollout.completed(generation)).matchedPods).to.equal(3)
    await nobodyNoticed('installed again')
  })

  it('removed by Helm, keeps the sets and leaves nothing else', async () => {
    const { client, helm, kubectl, product } = environment()
    await uninstallBaton(kubectl, product)
    await waitFor('the namespace gone', 90_000, async () =>
      (await client.resource(NAMESPACES).find({ name: SYSTEM_NAMESPACE })) === undefined
        ? true
        : undefined,
    )
    const images = `images.operator=${product.operator.name},images.agent=${product.agent.name}`
    const release = ['baton', '--namespace', SYSTEM_NAMESPACE] as const
    await helm([
      ...['install', ...release, 'manifests/chart', '--create-namespace', '--wait'],
      ...['--set', `${images},failurePolicy=Ignore`],
    ])
    await applyAll(environment(), [
      meshSet({ name: NAME, image: environment().workloads.envoy('1.40.0') }),
    ])
    await app.rollout.condition('Available', 'WebhookConfigured', 30_000)
    await withoutWebhooks(async () => {
      const pod = await client.resource(PODS).create(podOf(NAME), { dryRun: true, retry: false })
      expect(pod.spec?.containers.map(({ name }) => name)).to.deep.equal(['app'])
    })
    await helm(['uninstall', ...release, '--wait'])
    const own = { namespace: SYSTEM_NAMESPACE }
    await waitFor('what the operator made for itself gone', 30_000, async () => {
      const [leases, secrets] = [
        await client.resource(LEASES).list(own),
        await client.resource(SECRETS).list(own),
      ]
      return leases.items.length + secrets.items.length === 0 ? true : undefined
    })
    const kept = definitions.map(({ metadata }) => metadata.name)
    const prefix = 'customresourcedefinition.apiextensions.k8s.io/'
    expect(await leftovers()).to.have.members(kept.map((name) => prefix + name))
    expect((await app.rollout.get()).metadata.name).to.equal(NAME)
    await kubectl(['delete', 'crd', ...kept])
    expect(await leftovers()).to.deep.equal([])
    await nobodyNoticed('removed by Helm')
  })

  /** Names of all cluster objects of the installation that are there. */
  async function leftovers(): Promise<readonly string[]> {
    const { kubectl } = environment()
    const kinds = ['customresourcedefinitions', 'clusterroles', 'clusterrolebindings']
    const configurations = ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations']
    const all = [...kinds, ...configurations].join()
    const names = await kubectl(['get', all, '--output', 'name'])
    // The local cluster has a binding of its own, baton:kube-proxy.
    return names.split('\n').filter((name) => /baton[-.]/.test(name))
  }

  async function withoutWebhooks(during: () => Promise<void>): Promise<void> {
    const { client, kubectl } = environment()
    const ref = { namespace: SYSTEM_NAMESPACE, name: WEBHOOK }
    const scale = (replicas: number) =>
      client.resource(DEPLOYMENTS).mergePatch(ref, { spec: { replicas } })
    const labels = `app.kubernetes.io/name=${WEBHOOK}`
    const pods = () => client.resource(PODS).list({ ...ref, labelSelector: labels })
    await scale(0)
    await waitFor('no webhook', 60_000, async () =>
      (await pods()).items.length === 0 ? true : undefined,
    )
    try {
      await during()
    } finally {
      await scale(2)
      await kubectl(['-n', SYSTEM_NAMESPACE, 'rollout', 'status', `deployment/${WEBHOOK}`])
    }
  }
})

/** The same images under other names: another version, as the kubelet sees it. */
function renamed({ operator, agent }: ProductImages, tag: string): ProductImages {
  const as = (image: OciImage): OciImage => ({
    ...image,
    name: image.name.replace(/:[^:]+$/, `:${tag}`),
  })
  return { operator: as(operator), agent: as(agent) }
}

function podOf(label: string, labels: Readonly<Record<string, string>> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'tried', namespace: NAME, labels: { app: label, ...labels } },
    spec: {
      containers: [{ name: 'app', image: 'app:v1', securityContext: RESTRICTED }],
    },
  }
}
