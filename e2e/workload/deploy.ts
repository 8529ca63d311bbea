import type { Pod } from '../../runtime/client/kinds.ts'
import { DEPLOYMENTS, SERVICES } from '../../runtime/client/kinds.ts'
import type { Lane, Load, Target } from '../../test/ledger/index.ts'
import { startLoad } from '../../test/ledger/index.ts'
import type { Environment } from '../environment/environment.ts'
import { readyPods, Rollout } from '../observe/rollout.ts'
import type { AppOptions } from './app.ts'
import { appManifests } from './app.ts'
import type { MeshOptions } from './mesh.ts'
import { meshSet } from './mesh.ts'
import { PORTS } from './ports.ts'

export interface DeployOptions extends MeshOptions {
  readonly replicas: number
  /** What the app does when its pod is deleted. */
  readonly app?: Pick<AppOptions, 'preStopSeconds' | 'endsAtOnce'>
}

/** An app with a proxy in front of it, in a namespace of its own. */
export interface MeshApp {
  readonly name: string
  readonly rollout: Rollout
  pods(): Promise<readonly Pod[]>
  scale(replicas: number): Promise<readonly Pod[]>
  /** Address of the Service. */
  service(): Promise<Target>
  /** Load on every pod by its own address. */
  loadPods(lanes: readonly Lane[]): Promise<Load>
  /** Load through the Service. */
  loadService(lanes: readonly Lane[]): Promise<Load>
  remove(): Promise<void>
}

/** Creates set and app and resolves when all replicas are ready with their sidecar. */
export async function deployMesh(
  environment: Environment,
  options: DeployOptions,
): Promise<MeshApp> {
  const { client, kubectl } = environment
  const { name } = options
  const list = options.native === true ? 'initContainers' : 'containers'
  const rollout = new Rollout(client, name, list)
  await applyAll(environment, [meshSet(options)])
  await rollout.condition('Available', 'WebhookConfigured', 30_000)
  await applyAll(
    environment,
    appManifests({
      ...options.app,
      name,
      image: environment.workloads.app,
      replicas: options.replicas,
    }),
  )
  let pods = await readyPods(client, name, options.replicas)
  const loadOn = (targets: readonly Target[], lanes: readonly Lane[]): Promise<Load> =>
    startLoad({ targets: { http: targets }, lanes })
  const service = async (): Promise<Target> => {
    const { spec } = await client.resource(SERVICES).get({ namespace: name, name })
    return { host: spec?.clusterIP ?? '', port: 80 }
  }
  return {
    name,
    rollout,
    service,
    pods: () => rollout.pods(),
    scale: async (replicas) => {
      await client
        .resource(DEPLOYMENTS)
        .mergePatch({ namespace: name, name }, { spec: { replicas } })
      pods = await readyPods(client, name, replicas)
      return pods
    },
    loadPods: (lanes) =>
      loadOn(
        pods.map((pod) => ({ host: pod.status?.podIP ?? '', port: PORTS.http })),
        lanes,
      ),
    loadService: async (lanes) => loadOn([await service()], lanes),
    remove: async () => {
      await kubectl(['delete', 'sidecarset', name, '--ignore-not-found', '--wait=true'])
      // Nobody waits for its pods, which take their time to end: no other app has its name.
      await kubectl(['delete', 'namespace', name, '--ignore-not-found', '--wait=false'])
    },
  }
}

/** `kubectl apply --server-side` of objects, in their order. */
export async function applyAll(
  { kubectl }: Pick<Environment, 'kubectl'>,
  objects: readonly object[],
): Promise<string> {
  const list = { apiVersion: 'v1', kind: 'List', items: objects }
  return kubectl(['apply', '--server-side', '-f', '-'], { input: JSON.stringify(list) })
}
