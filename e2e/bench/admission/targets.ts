import type { SidecarSet } from '../../../api/v1beta1/sidecarset.ts'
import type { Client } from '../../../runtime/client/client.ts'
import { PODS } from '../../../runtime/client/kinds.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { meshSet } from '../../workload/mesh.ts'

/** A kind of pod creation whose cost is compared with that of the first. */
export interface Target {
  readonly name: string
  readonly kind: 'baton' | 'control'
  readonly pod: Pod
}

export const NAMESPACE = 'bench-admission'
const EXCLUDED = 'kube-system'

/**
 * From what never concerns the webhook to what costs it most. The first is the control: the API
 * server sends no pod of the system's namespace to any webhook of ours.
 */
export const targets: readonly Target[] = [
  { name: 'excluded namespace', kind: 'control', pod: pod(EXCLUDED, 'none') },
  { name: 'no set matches', kind: 'baton', pod: pod(NAMESPACE, 'none') },
  { name: 'cold set', kind: 'baton', pod: pod(NAMESPACE, 'bench-cold') },
  { name: 'hot set', kind: 'baton', pod: pod(NAMESPACE, 'bench-hot') },
]

/**
 * What the API server itself takes for a pod of the size that injection gives it: the pod as it is
 * after the webhook, where no webhook is asked.
 */
export async function sizedControl(client: Client): Promise<Target> {
  const { metadata, spec } = await client
    .resource(PODS)
    .create(pod(NAMESPACE, 'bench-hot'), { dryRun: true })
  const { labels = {}, annotations = {} } = metadata
  const { name, namespace } = { name: 'bench', namespace: EXCLUDED }
  return {
    name: 'excluded namespace, the hot pod as injected',
    kind: 'control',
    pod: {
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { name, namespace, labels, annotations },
      ...(spec === undefined ? {} : { spec }),
    },
  }
}

/** One cold and one hot set; their pods are in one namespace. */
export function sets(image: string): readonly SidecarSet[] {
  return (['ColdUpgrade', 'HotUpgrade'] as const).map((upgradeType) => {
    const name = upgradeType === 'HotUpgrade' ? 'bench-hot' : 'bench-cold'
    const set = meshSet({ name, image, upgradeType })
    const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': NAMESPACE } }
    return { ...set, spec: { ...set.spec, namespaceSelector } }
  })
}

function pod(namespace: string, app: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'bench', namespace, labels: { app } },
    spec: {
      containers: [
        {
          name: 'app',
          image: 'app:v1',
          lifecycle: { preStop: { sleep: { seconds: 5 } } },
          volumeMounts: [{ name: 'data', mountPath: '/data' }],
        },
      ],
      volumes: [{ name: 'data', emptyDir: {} }],
    },
  }
}
