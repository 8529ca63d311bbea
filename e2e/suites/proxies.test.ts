import { expect } from 'chai'
import type { PackagedProxy } from '../../build/images/packagedProxies.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Lane, Load, Summary } from '../../test/ledger/index.ts'
import { startLoad } from '../../test/ledger/index.ts'
import { keepsIdle } from '../../test/proxies/nginx.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { eventsIn } from '../observe/events.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { ReadinessWatch } from '../observe/readiness.ts'
import { watchReadiness } from '../observe/readiness.ts'
import { readyPods, Rollout } from '../observe/rollout.ts'
import { appManifests } from '../workload/app.ts'
import { applyAll } from '../workload/deploy.ts'
import type { UpgradeImages } from '../workload/exampleProxies.ts'
import { EXAMPLE_NAMESPACE, exampleObjects, upgradeImages } from '../workload/exampleProxies.ts'
import { PORTS } from '../workload/ports.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, expectOnlyInFlight, report } from './verdict.ts'

const DEADLINE_MS = 60_000
const REPLICAS = 2

const LANES: readonly Lane[] = [
  { kind: 'short', perSecond: 40 },
  { kind: 'keepalive', connections: 2, gapMs: 100 },
  { kind: 'keepalive-idle', connections: 6, gapMs: 700 },
  { kind: 'keepalive-idle', connections: 3, gapMs: 5000 },
  { kind: 'slow', perSecond: 3, durationMs: 2000 },
  { kind: 'upload', perSecond: 1, durationMs: 3000 },
]
const HTTP2: readonly Lane[] = [
  { kind: 'http2', connections: 2, gapMs: 100 },
  { kind: 'http2-idle', connections: 2, gapMs: 2000 },
]

interface Subject {
  readonly name: PackagedProxy
  readonly lanes: readonly Lane[]
  readonly images: UpgradeImages
}

/** What an example's configuration does not offer is no lane. */
function subjects(): readonly Subject[] {
  const haproxy = upgradeImages('haproxy', () => true)
  // Its example names keepalive_min_timeout.
  const nginx = upgradeImages('nginx', keepsIdle)
  if (nginx === undefined)
    process.stdout.write('      no release of nginx here knows keepalive_min_timeout: left out\n')
  return [
    ...(haproxy
      ? [{ name: 'haproxy', lanes: [...LANES, ...HTTP2], images: haproxy } as const]
      : []),
    ...(nginx ? [{ name: 'nginx', lanes: LANES, images: nginx } as const] : []),
  ]
}

describe('HAProxy and nginx in running pods, by their examples', () => {
  const environment = useEnvironment()
  const loads: Load[] = []
  let readiness: ReadinessWatch | undefined

  afterEach('remove them', async function () {
    this.timeout(DEADLINE_MS)
    for (const load of loads) load.abort()
    await readiness?.stop()
    const { kubectl } = environment()
    const names = ['haproxy', 'nginx']
    await kubectl(['delete', 'sidecarset', ...names, '--ignore-not-found', '--wait=true'])
    await kubectl(['delete', 'namespace', EXAMPLE_NAMESPACE, '--ignore-not-found', '--wait=false'])
  })

  it('lose nothing when they are upgraded; kill -9 of what serves then does', async function () {
    this.timeout(4 * DEADLINE_MS)
    const { client } = environment()
    const all = subjects()
    await deploy(all)
    readiness = await watchReadiness(client, EXAMPLE_NAMESPACE)
    await Promise.all(all.map(upgrade))
    expect(readiness.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
    const told = await eventsIn(client, EXAMPLE_NAMESPACE, 'HandedOver')
    expect(new Set(told.map(({ about }) => about)), 'pods that tell of it').to.have.property(
      'size',
      all.length * REPLICAS,
    )
    if (environment().nodeAccess) await Promise.all(all.map(kill))
  })

  async function deploy(all: readonly Subject[]): Promise<void> {
    const { client, registry, workloads } = environment()
    const apps = all.flatMap(({ name }) =>
      appManifests({
        name: `${name}-shop`,
        namespace: EXAMPLE_NAMESPACE,
        image: workloads.app,
        replicas: REPLICAS,
      }),
    )
    // The namespace comes first, and the apps when their sets are known.
    await applyAll(environment(), apps.slice(0, 1))
    for (const { name, images } of all) {
      registry.addImage(images.from)
      registry.addImage(images.to)
      await applyAll(environment(), exampleObjects(name, images.from.name))
    }
    for (const { name } of all)
      await new Rollout(client, name).condition('Available', 'WebhookConfigured', DEADLINE_MS)
    await applyAll(environment(), apps)
    await readyPods(client, EXAMPLE_NAMESPACE, all.length * REPLICAS)
  }

  async function upgrade({ name, lanes, images: { from, to } }: Subject): Promise<void> {
    const pods = await podsOf(name)
    const before = await Promise.all(pods.map((pod) => servingSlot(pod, name)))
    const load = await loadOn(pods, lanes)
    await untilSent([load], 200)
    const rollout = new Rollout(environment().client, name)
    const generation = await rollout.setImage(to.name)
    const { failedPods } = await rollout.completed(generation)
    expect(failedPods ?? 0, `failed pods of ${name}`).to.equal(0)
    for (const [index, pod] of (await podsOf(name)).entries()) {
      const slot = await settledSlot(pod, name)
      expect(slot, 'the other slot serves').not.to.equal(before[index])
      const image = pod.spec?.containers.find((container) => container.name === slot)?.image
      expect(image).to.equal(to.name)
      if (environment().nodeAccess)
        expect(await processes().descendants(pod, before[index] ?? ''), 'the old one').to.be.empty
    }
    // The old ones are gone: these are answered by the new ones.
    await untilSent([load], (await sentSoFar([load])) + 200)
    const summary = await load.stop()
    report(`${name} ${tagOf(from.name)} to ${tagOf(to.name)}`, summary)
    expectLossless(summary)
  }

  /** The control: what it loses shows that what is killed had served. */
  async function kill({ name, lanes }: Subject): Promise<void> {
    const pods = await podsOf(name)
    const load = await loadOn(pods, lanes)
    await untilSent([load], 300)
    const serving = await Promise.all(
      pods.map(async (pod) => processes().descendants(pod, await servingSlot(pod, name))),
    )
    // A master alone would leave workers behind that go on.
    await processes().killAll(serving.flat())
    await untilSent([load], (await sentSoFar([load])) + 200)
    const summary: Summary = await load.stop()
    report(`kill -9 of ${name}`, summary)
    expectOnlyInFlight(summary)
  }

  function processes(): PodProcesses {
    return new PodProcesses(environment().cluster)
  }

  async function podsOf(name: string): Promise<readonly Pod[]> {
    const selector = { namespace: EXAMPLE_NAMESPACE, labelSelector: `app=${name}-shop` }
    return (await environment().client.resource(PODS).list(selector)).items
  }

  async function loadOn(pods: readonly Pod[], lanes: readonly Lane[]): Promise<Load> {
    const http = pods.map(({ status }) => ({ host: status?.podIP ?? '', port: PORTS.http }))
    const load = await startLoad({ targets: { http }, lanes })
    loads.push(load)
    return load
  }
})

async function servingSlot(pod: Pod, container: string): Promise<string> {
  return waitFor(`a serving slot of ${container}`, DEADLINE_MS, async () => {
    const status = await agentStatus(pod)
    return status?.containers[container]?.active ?? undefined
  })
}

/** The slot that serves, once no other process does. */
async function settledSlot(pod: Pod, container: string): Promise<string> {
  let seen: unknown
  return waitFor(
    `the end of what ${container} has replaced`,
    DEADLINE_MS,
    async () => {
      const status = (await agentStatus(pod))?.containers[container]
      seen = status
      return status?.handover?.phase === 'Settled' ? (status.active ?? undefined) : undefined
    },
    () => JSON.stringify(seen),
  )
}

function tagOf(image: string): string {
  return image.slice(image.lastIndexOf(':') + 1)
}
