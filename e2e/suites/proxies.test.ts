import { expect } from 'chai'
import type { Pod } from '../../runtime/client/kinds.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Lane, Load, Summary } from '../../test/ledger/index.ts'
import { startLoad } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { agentStatus } from '../observe/agents.ts'
import { eventsIn } from '../observe/events.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import { PodProcesses } from '../observe/processes.ts'
import type { ReadinessWatch } from '../observe/readiness.ts'
import { ENDPOINT_SLICES, watchReadiness } from '../observe/readiness.ts'
import { readyPods, Rollout } from '../observe/rollout.ts'
import { appManifests } from '../workload/app.ts'
import { applyAll } from '../workload/deploy.ts'
import type { ExampleProxy } from '../workload/exampleProxies.ts'
import { EXAMPLE_NAMESPACE, exampleProxies } from '../workload/exampleProxies.ts'
import { PORTS } from '../workload/ports.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, expectOnlyInFlight, report } from './verdict.ts'

const DEADLINE_MS = 60_000
const REPLICAS = 2
const ECHO_PORT = 9100

const LANES: readonly Lane[] = [
  { kind: 'short', perSecond: 40 },
  { kind: 'keepalive', connections: 2, gapMs: 100 },
  { kind: 'keepalive-idle', connections: 6, gapMs: 700 },
  { kind: 'keepalive-idle', connections: 3, gapMs: 2500 },
  { kind: 'slow', perSecond: 3, durationMs: 2000 },
  { kind: 'upload', perSecond: 1, durationMs: 2000 },
]
const HTTP2: readonly Lane[] = [
  { kind: 'http2', connections: 2, gapMs: 100 },
  { kind: 'http2-idle', connections: 2, gapMs: 2000 },
]

describe('HAProxy, nginx and a proxy of one’s own in running pods, by their manifests in docs', () => {
  const environment = useEnvironment()
  const loads: Load[] = []
  let examples: readonly ExampleProxy[] = []
  let readiness: ReadinessWatch | undefined

  before('make the images', () => {
    examples = exampleProxies()
    if (!examples.some(({ set }) => set === 'nginx'))
      process.stdout.write('      without nginx: no release here knows keepalive_min_timeout\n')
  })

  afterEach('remove them', async function () {
    this.timeout(DEADLINE_MS)
    for (const load of loads) load.abort()
    await readiness?.stop()
    const { kubectl } = environment()
    const names = examples.map(({ set }) => set)
    await kubectl(['delete', 'sidecarset', ...names, '--ignore-not-found', '--wait=true'])
    await kubectl(['delete', 'namespace', EXAMPLE_NAMESPACE, '--ignore-not-found', '--wait=false'])
  })

  it('lose nothing when they are upgraded; kill -9 of what serves then does', async function () {
    this.timeout(4 * DEADLINE_MS)
    const { client } = environment()
    await deploy()
    readiness = await watchReadiness(client, EXAMPLE_NAMESPACE)
    await Promise.all(examples.map(upgrade))
    expect(readiness.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
    const told = await eventsIn(client, EXAMPLE_NAMESPACE, 'HandedOver')
    expect(new Set(told.map(({ about }) => about)), 'pods that tell of it').to.have.property(
      'size',
      examples.length * REPLICAS,
    )
    if (environment().nodeAccess) await Promise.all(examples.map(kill))
  })

  async function deploy(): Promise<void> {
    const { client, registry, workloads } = environment()
    const apps = examples.flatMap(({ app }) =>
      appManifests({
        name: app,
        namespace: EXAMPLE_NAMESPACE,
        image: workloads.app,
        replicas: REPLICAS,
        // The port of most apps is that of an admin in the guide.
        echoPort: ECHO_PORT,
      }),
    )
    // The namespace comes first, and the apps when their sets are known.
    await applyAll(environment(), apps.slice(0, 1))
    for (const { from, to, objects } of examples) {
      registry.addImage(from)
      registry.addImage(to)
      await applyAll(environment(), objects)
    }
    for (const { set } of examples)
      await new Rollout(client, set).condition('Available', 'WebhookConfigured', DEADLINE_MS)
    await applyAll(environment(), apps)
    await readyPods(client, EXAMPLE_NAMESPACE, examples.length * REPLICAS)
    await waitFor('endpoints of all pods', DEADLINE_MS, async () => {
      const slices = await client.resource(ENDPOINT_SLICES).list({ namespace: EXAMPLE_NAMESPACE })
      const endpoints = slices.items.flatMap((slice) => slice.endpoints ?? [])
      const ready = endpoints.filter((endpoint) => endpoint.conditions?.ready === true)
      return ready.length === examples.length * REPLICAS ? true : undefined
    })
  }

  async function upgrade(example: ExampleProxy): Promise<void> {
    const { set, container, from, to } = example
    const pods = await podsOf(example)
    const before = await Promise.all(pods.map((pod) => servingSlot(pod, container)))
    const load = await loadOn(example, pods)
    await untilSent([load], 100)
    const rollout = new Rollout(environment().client, set)
    const generation = await rollout.setImage(to.name)
    const { failedPods } = await rollout.completed(generation)
    expect(failedPods ?? 0, `failed pods of ${set}`).to.equal(0)
    for (const [index, pod] of (await podsOf(example)).entries()) {
      const slot = await settledSlot(pod, container)
      expect(slot, 'the other slot serves').not.to.equal(before[index])
      const image = pod.spec?.containers.find((container) => container.name === slot)?.image
      expect(image).to.equal(to.name)
      if (environment().nodeAccess)
        expect(await processes().descendants(pod, before[index] ?? ''), 'the old one').to.be.empty
    }
    // The old ones are gone: these are answered by the new ones.
    await untilSent([load], (await sentSoFar([load])) + 200)
    const summary = await load.stop()
    report(`${set} ${tagOf(from.name)} to ${tagOf(to.name)}`, summary)
    expectLossless(summary)
  }

  /** The control: what it loses shows that what is killed had served. */
  async function kill(example: ExampleProxy): Promise<void> {
    const { set, container } = example
    const pods = await podsOf(example)
    const load = await loadOn(example, pods)
    await untilSent([load], 250)
    for (const pod of pods)
      await processes().killDescendants(pod, await servingSlot(pod, container))
    await untilSent([load], (await sentSoFar([load])) + 200)
    const summary: Summary = await load.stop()
    report(`kill -9 of ${set}`, summary)
    expectOnlyInFlight(summary)
  }

  function processes(): PodProcesses {
    return new PodProcesses(environment().cluster)
  }

  async function podsOf({ app }: ExampleProxy): Promise<readonly Pod[]> {
    const selector = { namespace: EXAMPLE_NAMESPACE, labelSelector: `app=${app}` }
    return (await environment().client.resource(PODS).list(selector)).items
  }

  async function loadOn({ speaksHttp2 }: ExampleProxy, pods: readonly Pod[]): Promise<Load> {
    const http = pods.map(({ status }) => ({ host: status?.podIP ?? '', port: PORTS.http }))
    const lanes = speaksHttp2 ? [...LANES, ...HTTP2] : LANES
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
