import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import type { SidecarContainer } from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import type {
  FakeApiServer,
  FakeApiServerOptions,
  RecordedRequest,
} from '../../runtime/testing/apiserver.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import { createOperator } from '../operator.ts'
import { aSet, injectedPod } from './build.ts'
import type { SetOptions } from './build.ts'
import { operatorRoles, putInstallation } from './installation.ts'
import { startPodNode } from './podNode.ts'
import type { PodNode, PodNodeOptions } from './podNode.ts'

/** An operator as it runs in a cluster. */
export interface RunningOperator {
  /** As SIGTERM does. */
  stop(): Promise<void>
  /** When it has ended, told or not: it ends by itself when it loses the lease. Never rejects. */
  readonly ended: Promise<void>
}

/** A cluster for one test: API server, node, agents, and operators that come and go. */
export interface World {
  readonly server: FakeApiServer
  readonly node: PodNode
  startOperator(): RunningOperator
  /** Creates or changes the set; a changed spec is a new generation. */
  putSet(options: SetOptions): void
  set(): StoredSidecarSet
  /** As kubectl does: a set with finalizers stays until they are gone. */
  deleteSet(): Promise<void>
  hasSet(): boolean
  addPods(count: number, containers: readonly SidecarContainer[]): void
  pod(name: string): Pod
  /** Writes on pods that were injected, `PATCH a`, `PATCH a/status`, in order. */
  podWrites(): readonly string[]
  events(): readonly string[]
  stop(): Promise<void>
}

export interface WorldOptions extends Omit<PodNodeOptions, 'server'> {
  readonly apiServer?: FakeApiServerOptions
  /** See OperatorOptions. */
  readonly watchIdleMs?: number
  /** Lets the operator ask for more than the manifest allows. Defaults to false. */
  readonly unrestricted?: boolean
  /** Where another one's CA is. Defaults to nowhere: the operator keeps its own. */
  readonly certificateDirectory?: string
  /** Of the operator that is started. Defaults to any that is free. */
  readonly metricsPort?: number
}

export async function startWorld(options: WorldOptions = {}): Promise<World> {
  const server = await startFakeApiServer({
    kinds: [SIDECAR_SETS, TRAFFIC_INTERCEPTIONS, INGRESS_GATEWAYS],
    ...(options.unrestricted === true ? {} : { authorizer: operatorRoles() }),
    ...options.apiServer,
  })
  putInstallation(server)
  const node = await startPodNode({ ...options, server })
  const running = new Set<RunningOperator>()
  const stored = (): StoredSidecarSet | undefined => server.get(SIDECAR_SETS, { name: 'mesh' })

  return {
    server,
    node,
    startOperator: () => {
      const stop = new AbortController()
      const ended = createOperator({
        kubeConfig: server.kubeConfig(),
        config: {
          identity: `operator-${running.size}`,
          namespace: 'baton-system',
          agentImage: 'agent:1',
          failurePolicy: 'Fail',
          podsAtATime: 16,
          eventsPerSecond: 1_000,
          logLevel: 'info',
          metricsPort: options.metricsPort ?? 0,
          healthPort: 0,
          certificates: {
            caLifetimeMs: 86_400_000,
            overlapMs: 1_000,
            ...(options.certificateDirectory === undefined
              ? {}
              : { directory: options.certificateDirectory }),
          },
        },
        logger: silentLogger,
        agentPort: node.agentPort,
        pollMs: 20,
        surveyMs: 100,
        leaseDurationMs: 3_000,
        ...(options.watchIdleMs === undefined ? {} : { watchIdleMs: options.watchIdleMs }),
      }).run(stop.signal)
      const operator: RunningOperator = {
        // One that has ended by itself has nothing to be stopped any more.
        ended: ended.catch(() => running.delete(operator)).then(() => undefined),
        stop: async () => {
          running.delete(operator)
          stop.abort()
          await ended
        },
      }
      running.add(operator)
      return operator
    },
    putSet: (setOptions) => {
      const before = stored()
      const generation = (before?.metadata.generation ?? 0) + 1
      const next = aSet({ ...setOptions, generation })
      const { finalizers } = before?.metadata ?? {}
      server.put(SIDECAR_SETS, {
        ...next,
        metadata: { ...next.metadata, ...(finalizers === undefined ? {} : { finalizers }) },
        ...(before?.status === undefined ? {} : { status: before.status }),
      })
    },
    set: () => {
      const found = stored()
      if (found === undefined) throw new Error('there is no set')
      return found
    },
    deleteSet: async () => {
      const user = { userAgent: 'kubectl', fieldManager: 'kubectl' }
      const transport = createTransport({ kubeConfig: server.kubeConfig(), ...user })
      await createClient({ transport }).resource(SIDECAR_SETS).delete({ name: 'mesh' })
      await transport.close()
    },
    hasSet: () => stored() !== undefined,
    addPods: (count, containers) => {
      for (let index = 0; index < count; index++) {
        const name = `web-${index}`
        server.put(PODS, injectedPod(name, containers, { ip: `127.0.1.${index + 1}` }))
      }
    },
    pod: (name) => {
      const found = server.get(PODS, { namespace: 'default', name })
      if (found === undefined) throw new Error(`there is no pod ${name}`)
      return found
    },
    podWrites: () => server.requests.flatMap(podWrite),
    events: () =>
      server.requests
        .filter(({ method, path }) => method === 'POST' && path.endsWith('/events'))
        .map(({ body }) => {
          const { reason, involvedObject } = body as {
            reason: string
            involvedObject: { kind: string; name: string }
          }
          return `${involvedObject.kind} ${involvedObject.name}: ${reason}`
        }),
    stop: async () => {
      for (const operator of running) await operator.stop()
      await node.stop()
      await server.stop()
    },
  }
}

function podWrite({ method, path }: RecordedRequest): string[] {
  const match = /^\/api\/v1\/namespaces\/default\/pods\/(.+)$/.exec(path)
  return method === 'GET' || match?.[1] === undefined ? [] : [`${method} ${match[1]}`]
}
