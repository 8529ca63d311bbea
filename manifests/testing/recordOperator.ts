import { SYSTEM_NAMESPACE } from '../../api/group.ts'
import { aSet, hotProxy, largeProxy } from '../../operator/testing/build.ts'
import { startGatewayWorld } from '../../operator/testing/gatewayWorld.ts'
import { startInterceptionWorld } from '../../operator/testing/interceptionWorld.ts'
import { startWorld } from '../../operator/testing/world.ts'
import type { World } from '../../operator/testing/world.ts'
import type { SidecarContainer } from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { SECRETS } from '../../runtime/client/kinds.ts'
import { createEventRecorder } from '../../runtime/events/recorder.ts'
import type { RecordedRequest } from '../../runtime/testing/apiserver.ts'
import { until } from '../../runtime/testing/until.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { AUTHORITY_SECRET } from '../../api/installation.ts'

/** What the operator asks of the API server in everything that its tests have it do. */
export async function recordOperator(): Promise<readonly RecordedRequest[]> {
  const lives = [brokenAuthority, repeatedEvent, rollouts, resizes, toggles, gateways]
  const requests: RecordedRequest[] = []
  for (const live of lives) requests.push(...(await live()))
  return requests
}

/** The authority's Secret is there and broken: it is written anew. */
function brokenAuthority(): Promise<readonly RecordedRequest[]> {
  return inWorld({}, async (world) => {
    const metadata = { namespace: SYSTEM_NAMESPACE, name: AUTHORITY_SECRET }
    world.server.put(SECRETS, { metadata, data: {} })
    const operator = world.startOperator()
    await until(() => world.server.get(SECRETS, metadata)?.data?.['tls.key'] !== undefined)
    await operator.stop()
  })
}

/** An event that comes twice is counted in the one that is there. */
function repeatedEvent(): Promise<readonly RecordedRequest[]> {
  return inWorld({}, async ({ server }) => {
    const user = { userAgent: 'baton-operator', fieldManager: 'baton-operator' }
    const transport = createTransport({ kubeConfig: server.kubeConfig(), ...user })
    const client = createClient({ transport })
    const recorder = createEventRecorder({ client, component: 'baton-operator' })
    const stop = new AbortController()
    const ended = recorder.run(stop.signal)
    for (const method of ['POST', 'PATCH']) {
      recorder.event(aSet(), 'Normal', 'Again', 'The same.')
      await until(() => server.requests.some((one) => one.method === method))
    }
    stop.abort()
    await ended
    await transport.close()
  })
}

/** Prefetch, upgrades, a failure and its way back, a history that is trimmed, a set that goes. */
function rollouts(): Promise<readonly RecordedRequest[]> {
  return inWorld({ brokenImages: new Set(['proxy:bad']) }, async (world) => {
    world.addPods(2, [hotProxy('proxy:1')])
    for (const image of ['proxy:1', 'proxy:2', 'proxy:1', 'proxy:bad', 'proxy:3'])
      await rollOut(world, [hotProxy(image)], image === 'proxy:bad')
  })
}

/** Slots grow before they serve; a container in the kubelet's back-off is let go. */
function resizes(): Promise<readonly RecordedRequest[]> {
  return inWorld({}, async (world) => {
    world.addPods(1, [largeProxy('proxy:1')])
    for (const image of ['proxy:1', 'proxy:2']) await rollOut(world, [largeProxy(image)], false)
  })
}

/** Interception goes on, and off when its object goes. */
async function toggles(): Promise<readonly RecordedRequest[]> {
  const world = await startInterceptionWorld({ unrestricted: true })
  try {
    world.addSwitchablePods(1)
    world.putInterception()
    world.startOperator()
    await until(() => world.interception().status?.enabledPods === 1)
    await world.deleteInterception()
    await until(() => !world.hasInterception())
    // The deletion was the user's.
    return world.server.requests.filter(({ method, path }) => !isDeletion(method, path))
  } finally {
    await world.stop()
  }
}

/** A gateway comes, is rolled out and goes. */
async function gateways(): Promise<readonly RecordedRequest[]> {
  const world = await startGatewayWorld({ unrestricted: true })
  try {
    world.putGateway()
    world.startOperator()
    await until(() => world.gateway().status?.updatedReadyPods === 1)
    return world.server.requests.filter(({ headers }) => headers['user-agent'] === 'baton-operator')
  } finally {
    await world.stop()
  }
}

function isDeletion(method: string, path: string): boolean {
  return method === 'DELETE' && path.includes('/trafficinterceptions/')
}

async function inWorld(
  options: Parameters<typeof startWorld>[0],
  live: (world: World) => Promise<void>,
): Promise<readonly RecordedRequest[]> {
  // What it may not is found by the test of the roles, which says it better than a stuck rollout.
  const world = await startWorld({ ...options, unrestricted: true })
  try {
    await live(world)
    return world.server.requests
  } finally {
    await world.stop()
  }
}

async function rollOut(
  world: World,
  containers: readonly SidecarContainer[],
  fails: boolean,
): Promise<void> {
  const revisionHistoryLimit = 1
  world.putSet({
    containers,
    spec: { revisionHistoryLimit },
    updateStrategy: { maxUnavailable: 1 },
  })
  if (!world.server.requests.some(({ path }) => path.endsWith('/leases'))) world.startOperator()
  await until(
    () => {
      const { metadata, status } = world.set()
      if (status === undefined || status.observedGeneration !== metadata.generation) return false
      if (fails) return (status.failedRevision ?? '') !== ''
      return status.updatedReadyPods === status.matchedPods && status.upgradingPods === 0
    },
    { deadlineMs: 20_000, what: `a rollout of ${containers[0]?.image ?? ''}` },
  )
}
