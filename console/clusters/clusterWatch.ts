import { object, optional, string } from '../../api/decode.ts'
import { gatewaySetName, isGatewaySetName, setOfGateway } from '../../api/gateway/subject.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type {
  StoredIngressGateway,
  StoredSidecarSet,
  StoredTrafficInterception,
} from '../../api/v1beta1/kinds.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { createInformer } from '../../runtime/cache/informer.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import { refOf } from '../../runtime/client/objects.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { ClusterRow, Permissions } from '../wire.ts'
import { NOTHING_ALLOWED } from '../wire.ts'
import type { Standing } from './clusterState.ts'
import { CONNECTED, standingOf } from './clusterState.ts'
import { readPermissions } from './permissions.ts'
import { whoAmI } from './whoAmI.ts'

/** What has changed: the cluster itself, or one object. */
export type Change =
  { readonly kind: 'cluster' } | { readonly kind: 'set' | 'app'; readonly key: string }

/** One cluster as one user sees it. */
export interface ClusterWatch {
  readonly cluster: Cluster
  row(): ClusterRow
  /** With those that gateways amount to. As they were when the cluster was seen last. */
  sets(): readonly StoredSidecarSet[]
  set(name: string): StoredSidecarSet | undefined
  apps(): readonly StoredTrafficInterception[]
  /** @param key namespace/name */
  app(key: string): StoredTrafficInterception | undefined
  /** Gives the unsubscribe. */
  onChange(handler: (change: Change) => void): () => void
  /** Never throws: a cluster that cannot be reached is away. */
  run(signal: AbortSignal): Promise<void>
}

export interface ClusterWatchOptions {
  readonly cluster: Cluster
  /** Name of the target. */
  readonly name: string
  readonly clock: Clock
  /** How often the cluster is asked whether it is there. */
  readonly probeMs: number
  /** A cluster that takes longer to answer is away. */
  readonly probeDeadlineMs: number
}

/** Rights change seldom; a minute late is soon enough, for the API server decides anyhow. */
const PERMISSIONS_MS = 60_000

interface Seen extends Standing {
  readonly sinceMs: number
  readonly user: string
  readonly version: string
  readonly latencyMs: number | undefined
  readonly can: Permissions
  readonly askedAtMs: number
}

export function createClusterWatch(options: ClusterWatchOptions): ClusterWatch {
  const { cluster, name, clock } = options
  const handlers = new Set<(change: Change) => void>()
  const tell = (change: Change): void => {
    for (const handler of handlers) handler(change)
  }
  let sets: Informer<StoredSidecarSet> | undefined
  let gateways: Informer<StoredIngressGateway> | undefined
  let apps: Informer<StoredTrafficInterception> | undefined
  let following: AbortController | undefined
  let seen: Seen = {
    state: 'connecting',
    reason: '',
    sinceMs: clock.now(),
    user: '',
    version: '',
    latencyMs: undefined,
    can: NOTHING_ALLOWED,
    askedAtMs: -Infinity,
  }

  const gatewaySets = (): readonly StoredSidecarSet[] => (gateways?.list() ?? []).map(setOfGateway)
  const see = (next: Standing & Partial<Seen>): void => {
    const before = seen
    const isSame = before.state === next.state
    seen = { ...before, ...next, sinceMs: isSame ? before.sinceMs : clock.now() }
    if (JSON.stringify(before) !== JSON.stringify(seen)) tell({ kind: 'cluster' })
  }

  const follow = (): void => {
    following = new AbortController()
    const { signal } = following
    sets = createInformer({ resource: cluster.client.resource(SIDECAR_SETS), clock })
    sets.onChange((key) => {
      tell({ kind: 'set', key })
    })
    void sets.run(signal)
    if (seen.can.listGateways) {
      gateways = createInformer({ resource: cluster.client.resource(INGRESS_GATEWAYS), clock })
      gateways.onChange((key) => {
        const { name: gateway, namespace = '' } = refOf(key)
        tell({ kind: 'set', key: gatewaySetName(namespace, gateway) })
      })
      void gateways.run(signal)
    }
    if (!seen.can.listInterceptions) return
    apps = createInformer({ resource: cluster.client.resource(TRAFFIC_INTERCEPTIONS), clock })
    apps.onChange((key) => {
      tell({ kind: 'app', key })
    })
    void apps.run(signal)
  }

  const look = async (): Promise<void> => {
    const { client } = cluster
    const deadline = { deadlineMs: options.probeDeadlineMs, retry: false } as const
    const startMs = performance.now()
    await client.transport.request({
      method: 'GET',
      path: COLLECTION,
      query: { limit: 1 },
      ...deadline,
    })
    const latencyMs = Math.round(performance.now() - startMs)
    const isDue = clock.now() - seen.askedAtMs >= PERMISSIONS_MS
    const asked = isDue ? await ask(cluster, clock.now()) : {}
    // Told at most as finely as anybody reads it: else each look would be a change.
    see({ ...CONNECTED, ...asked, latencyMs: Math.ceil(latencyMs / 10) * 10 })
    if (following === undefined) follow()
  }

  return {
    cluster,
    row: () => ({
      cluster: name,
      server: cluster.server,
      state: seen.state,
      reason: seen.reason,
      since: new Date(seen.sinceMs).toISOString(),
      user: seen.user,
      version: seen.version,
      ...(seen.latencyMs === undefined ? {} : { latencyMs: seen.latencyMs }),
      can: seen.can,
    }),
    sets: () => [...(sets?.list() ?? []), ...gatewaySets()],
    set: (key) =>
      isGatewaySetName(key)
        ? gatewaySets().find(({ metadata }) => metadata.name === key)
        : sets?.get(key),
    apps: () => apps?.list() ?? [],
    app: (key) => apps?.get(key),
    onChange: (handler) => {
      handlers.add(handler)
      return () => handlers.delete(handler)
    },
    run: async (signal) => {
      // Requests that are under way end with it.
      signal.addEventListener('abort', () => void cluster.close(), { once: true })
      while (!signal.aborted) {
        try {
          await look()
        } catch (error) {
          // Watches end with it; what they saw last stays on the screen, marked as old.
          following?.abort()
          following = undefined
          see({ ...standingOf(error, cluster), askedAtMs: -Infinity })
        }
        await clock.sleep(options.probeMs, signal)
      }
      following?.abort()
    },
  }
}

const COLLECTION = `/apis/${SIDECAR_SETS.group}/${SIDECAR_SETS.version}/${SIDECAR_SETS.plural}`
const version = object({ gitVersion: optional(string) })

async function ask(cluster: Cluster, now: number): Promise<Partial<Seen>> {
  const { transport } = cluster.client
  const [user, can, answer] = await Promise.all([
    // Who we are is for people; servers older than the question still let us in.
    whoAmI(cluster).catch(() => ''),
    readPermissions(cluster),
    transport.request({ method: 'GET', path: '/version', deadlineMs: 5_000, retry: false }),
  ])
  return { user, can, version: version(answer, 'version').gitVersion ?? '', askedAtMs: now }
}
