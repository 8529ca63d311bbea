import { applyPatch } from 'rfc6902'
import { gatewayWith } from '../../api/gateway/testing/build.ts'
import { INGRESS_GATEWAYS } from '../../api/v1beta1/kinds.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Condition } from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { CONTROLLER_REVISIONS, NAMESPACES, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { realClock } from '../../runtime/clock/clock.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { createGatewayPod } from '../../webhook/admission/gatewayPod.ts'
import { startControllerManager } from './controllerManager.ts'
import { startWorld } from './world.ts'
import type { World, WorldOptions } from './world.ts'

/** A world with gateways, and the cluster's own controllers. */
export interface GatewayWorld extends World {
  /** Creates or changes the gateway `shop/edge`; a changed spec is a new generation. */
  putGateway(spec?: object): void
  gateway(): StoredIngressGateway
  /** Deletes it at once, as it has no finalizers. */
  deleteGateway(): void
  condition(type: string): Condition | undefined
  /** Of the gateway, the oldest first. */
  gatewayPods(): readonly Pod[]
  /** Image of the process that serves in each. */
  serving(): readonly string[]
}

export interface GatewayWorldOptions extends WorldOptions {
  /** Does the webhook answer? Defaults to yes. */
  readonly hasWebhook?: () => boolean
}

const EDGE = { namespace: 'shop', name: 'edge' }

export async function startGatewayWorld(options: GatewayWorldOptions = {}): Promise<GatewayWorld> {
  const world = await startWorld(options)
  const { server } = world
  server.put(NAMESPACES, {
    metadata: { name: 'shop', labels: { 'kubernetes.io/metadata.name': 'shop' } },
  })
  const user = { userAgent: 'kube-apiserver', fieldManager: 'kube-apiserver' }
  const transport = createTransport({ kubeConfig: server.kubeConfig(), ...user })
  const find = (): StoredIngressGateway | undefined => server.get(INGRESS_GATEWAYS, EDGE)
  const handler = createGatewayPod({
    gateways: { get: find, hasSynced: () => true },
    revisions: {
      revisions: createClient({ transport }).resource(CONTROLLER_REVISIONS),
      namespace: 'baton-system',
      logger: silentLogger,
      random: () => 0,
    },
    clock: realClock,
  })
  const manager = startControllerManager({
    server,
    admit: async (pod) => {
      if (options.hasWebhook?.() === false) return pod
      const request = {
        ...{ uid: 'u', operation: 'CREATE', namespace: 'shop', object: pod, dryRun: false },
        ...{ userInfo: {}, name: '', oldObject: undefined, options: undefined },
      } as unknown as Parameters<typeof handler>[0]
      const answer = await handler(request, AbortSignal.timeout(5_000))
      const admitted = structuredClone(pod)
      if (answer.allowed) applyPatch(admitted, [...answer.patch])
      return admitted
    },
  })
  let generation = 0
  const gateway = (): StoredIngressGateway => {
    const found = find()
    if (found === undefined) throw new Error('there is no gateway')
    return found
  }
  const gatewayPods = (): readonly Pod[] =>
    server
      .list(PODS)
      .filter(({ metadata }) => metadata.labels?.['baton.dev/gateway'] === 'edge')
      .toSorted((left, right) => serialOf(left) - serialOf(right))
  return {
    ...world,
    gateway,
    putGateway: (spec = {}) => {
      generation += 1
      const before = find()
      const next = gatewayWith(spec)
      const uid = before?.metadata.uid ?? `uid-edge-${generation}`
      server.put(INGRESS_GATEWAYS, {
        ...next,
        metadata: { ...before?.metadata, ...next.metadata, generation, uid },
        ...(before?.status === undefined ? {} : { status: before.status }),
      })
    },
    deleteGateway: () => {
      server.remove(INGRESS_GATEWAYS, EDGE)
    },
    condition: (type) => find()?.status?.conditions?.find((one) => one.type === type),
    gatewayPods,
    serving: () =>
      gatewayPods().map(({ metadata }) => {
        const desired = JSON.parse(metadata.annotations?.['baton.dev/desired'] ?? '{}') as {
          readonly containers: { readonly proxy: { readonly image: string } }
        }
        return desired.containers.proxy.image
      }),
    stop: async () => {
      await manager.stop()
      await world.stop()
      await transport.close()
    },
  }
}

function serialOf({ metadata }: Pod): number {
  return Number(metadata.name.split('-').at(-1))
}
