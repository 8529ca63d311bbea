import { createHash } from 'node:crypto'
import { DEFAULT_USER, GROUP, PATHS } from '../../../api/group.ts'
import type { StoredSidecarSet } from '../../../api/v1beta1/kinds.ts'
import type { SidecarSetSpec } from '../../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { ownersOf } from '../ownersOf.ts'

/** Names the set that a prefetch pod works for. */
export const PREFETCH_LABEL = `${GROUP}/prefetch`
/** What it pulls. The node is in its spec. */
export const PREFETCH_IMAGE = `${GROUP}/prefetch-image`

export interface PrefetchPodInput {
  readonly set: StoredSidecarSet
  readonly node: string
  readonly image: string
  readonly agentImage: string
  readonly namespace: string
}

/**
 * A pod that makes the kubelet of one node pull one image: the image's container runs the
 * launcher's `version` and ends, so that the image needs no program of its own. It goes straight to
 * the node, whatever its taints, and asks for next to nothing.
 */
export function prefetchPod({ set, node, image, agentImage, namespace }: PrefetchPodInput): Pod {
  const common = {
    imagePullPolicy: pullPolicyOf(set.spec, image),
    volumeMounts: [{ name: 'bin', mountPath: PATHS.bin }],
    resources: {
      requests: { cpu: '1m', memory: '8Mi' },
      limits: { cpu: '100m', memory: '32Mi' },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    },
  }
  const launcher = `${PATHS.bin}/launcher`
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `baton-prefetch-${digest(`${set.metadata.name} ${image}`)}-${digest(node)}`,
      namespace,
      labels: { [PREFETCH_LABEL]: set.metadata.name },
      annotations: { [PREFETCH_IMAGE]: image },
      ownerReferences: ownersOf(set),
    },
    spec: {
      nodeName: node,
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 0,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      tolerations: [{ operator: 'Exists' }],
      imagePullSecrets: set.spec.imagePullSecrets ?? [],
      securityContext: {
        runAsNonRoot: true,
        runAsUser: DEFAULT_USER,
        runAsGroup: DEFAULT_USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      initContainers: [
        {
          ...common,
          imagePullPolicy: 'IfNotPresent',
          name: 'launcher',
          image: agentImage,
          command: ['/baton/launcher', 'install', launcher],
        },
      ],
      containers: [{ ...common, name: 'image', image, command: [launcher, 'version'] }],
      volumes: [{ name: 'bin', emptyDir: {} }],
    },
  }
}

/** As the container that will use it: `Always` must ask the registry again here as well. */
function pullPolicyOf(spec: SidecarSetSpec, image: string): string {
  const { containers = [], initContainers = [] } = spec
  const user = [...containers, ...initContainers].find((container) => container.image === image)
  return user?.imagePullPolicy ?? 'IfNotPresent'
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}
