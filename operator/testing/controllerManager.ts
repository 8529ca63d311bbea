import { isDeepStrictEqual } from 'node:util'
import { INGRESS_GATEWAYS } from '../../api/v1beta1/kinds.ts'
import { DEPLOYMENTS, PODS, SERVICES } from '../../runtime/client/kinds.ts'
import type { Deployment, Pod } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'

export interface ControllerManagerOptions {
  readonly server: FakeApiServer
  /** What webhooks make of a new pod. Defaults to nothing: none answers. */
  readonly admit?: (pod: Pod) => Promise<Pod>
}

/** The part of the cluster's own controllers: Deployments have pods, and what has lost its owner goes. */
export interface ControllerManager {
  stop(): Promise<void>
}

const TICK_MS = 5

export function startControllerManager(options: ControllerManagerOptions): ControllerManager {
  const { server } = options
  const admit = options.admit ?? ((pod: Pod) => Promise.resolve(pod))
  const stop = new AbortController()
  let serial = 0

  const look = async (): Promise<void> => {
    collectGarbage(server)
    for (const deployment of server.list(DEPLOYMENTS)) await reconcile(deployment)
  }
  const running = (async () => {
    while (!stop.signal.aborted) {
      await look()
      await new Promise((resolve) => setTimeout(resolve, TICK_MS))
    }
  })()

  async function reconcile(deployment: Deployment): Promise<void> {
    const pods = podsOf(server, deployment)
    const template = JSON.stringify(deployment.spec?.template)
    const current = pods.filter(({ metadata }) => metadata.annotations?.[MADE_FROM] === template)
    const wanted = deployment.spec?.replicas ?? 1
    for (let missing = wanted - current.length; missing > 0; missing--) {
      serial += 1
      const pod = await admit(newPod(deployment, template, serial))
      server.put(PODS, runs(pod, serial))
    }
    // New ones are ready at once, so that the old ones may go.
    const surplus = [...pods.filter((pod) => !current.includes(pod)), ...current.slice(wanted)]
    for (const { metadata } of surplus) server.remove(PODS, metadata)
    const left = podsOf(server, deployment).length
    const status = { replicas: left, readyReplicas: left, availableReplicas: left }
    const now = server.get(DEPLOYMENTS, deployment.metadata)
    if (now === undefined || isDeepStrictEqual(now.status, status)) return
    server.put(DEPLOYMENTS, { ...now, status })
  }

  return {
    stop: async () => {
      stop.abort()
      await running
    },
  }
}

const MADE_FROM = 'testing/made-from'

function podsOf(server: FakeApiServer, { metadata }: Deployment): readonly Pod[] {
  return server.list(PODS).filter((pod) => isOwned(pod, metadata.uid))
}

function isOwned({ metadata }: KubeObject, uid: string | undefined): boolean {
  return metadata.ownerReferences?.some((owner) => owner.uid === uid) === true
}

function newPod({ metadata, spec }: Deployment, madeFrom: string, serial: number): Pod {
  const { name, namespace = '', uid = '' } = metadata
  const template = spec?.template
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${name}-${serial}`,
      namespace,
      uid: `uid-${name}-${serial}`,
      creationTimestamp: '2025-01-01T00:00:00Z',
      labels: template?.metadata?.labels ?? {},
      annotations: { ...template?.metadata?.annotations, [MADE_FROM]: madeFrom },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name, uid, controller: true }],
    },
    spec: { ...template?.spec, containers: template?.spec?.containers ?? [], nodeName: 'node-a' },
  }
}

/** The pod as its kubelet tells of it a moment later. */
function runs(pod: Pod, serial: number): Pod {
  return {
    ...pod,
    status: {
      phase: 'Running',
      podIP: `127.0.1.${serial}`,
      containerStatuses: (pod.spec?.containers ?? []).map(({ name, image = '', resources }) => ({
        name,
        image,
        imageID: `id-of-${image}`,
        containerID: `containerd://${pod.metadata.name}-${name}-0`,
        ready: true,
        restartCount: 0,
        ...(resources === undefined ? {} : { resources }),
        state: { running: { startedAt: '2025-01-01T00:00:01Z' } },
      })),
      conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-01-01T00:00:02Z' }],
    },
  }
}

/** Of gateways alone: what they own goes after them, and pods after their Deployments. */
function collectGarbage(server: FakeApiServer): void {
  const gateways = server.list(INGRESS_GATEWAYS)
  const deployments = server.list(DEPLOYMENTS)
  const isOrphan = (object: KubeObject, kind: string, owners: readonly KubeObject[]): boolean => {
    const owner = object.metadata.ownerReferences?.find((one) => one.kind === kind)
    return owner !== undefined && !owners.some(({ metadata }) => metadata.uid === owner.uid)
  }
  for (const kind of [DEPLOYMENTS, SERVICES] as const) {
    for (const object of server.list<KubeObject>(kind)) {
      if (isOrphan(object, 'IngressGateway', gateways)) server.remove(kind, object.metadata)
    }
  }
  for (const pod of server.list(PODS)) {
    if (isOrphan(pod, 'Deployment', deployments)) server.remove(PODS, pod.metadata)
  }
}
