import type {
  Drain,
  SidecarContainer,
  SidecarSet,
  UpdateStrategy,
  UpgradeType,
} from '../../api/v1beta1/sidecarset.ts'
import { PORTS } from './ports.ts'

export interface MeshOptions {
  /** Name of the set, the namespace and the app: one app of its own for each scenario. */
  readonly name: string
  readonly image: string
  readonly upgradeType?: UpgradeType
  readonly drain?: Drain
  readonly startDeadlineSeconds?: number
  readonly confirmSeconds?: number
  /** Declares the proxy in initContainers, with restartPolicy Always. */
  readonly native?: boolean
  readonly livenessProbe?: SidecarContainer['livenessProbe']
  /** Defaults to more than an idle slot needs, so that slots are resized. */
  readonly requests?: Readonly<Record<'cpu' | 'memory', string>>
  readonly updateStrategy?: UpdateStrategy
}

export const ENVOY_COMMAND = ['/usr/local/bin/envoy'] as const
/** How Envoy runs, but for its configuration: graceful, and without its own hot restart. */
export const ENVOY_FLAGS = [
  '--concurrency',
  '1',
  '--disable-hot-restart',
  '--drain-strategy',
  'immediate',
  '--drain-time-s',
  '600',
  '--log-level',
  'warn',
] as const

const ENVOY_ARGS = ['-c', '/etc/envoy/envoy.yaml', ...ENVOY_FLAGS]

/** A SidecarSet that puts one Envoy in front of the app of the same name. */
export function meshSet(options: MeshOptions): SidecarSet {
  const proxy = proxyContainer(options)
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: options.name },
    spec: {
      selector: { matchLabels: { app: options.name } },
      namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': options.name } },
      ...(options.native === true
        ? { initContainers: [{ ...proxy, restartPolicy: 'Always' }] }
        : { containers: [proxy] }),
      ...(options.updateStrategy === undefined ? {} : { updateStrategy: options.updateStrategy }),
    },
  }
}

function proxyContainer(options: MeshOptions): SidecarContainer {
  const hot = options.upgradeType !== 'ColdUpgrade'
  const { startDeadlineSeconds, confirmSeconds, livenessProbe, requests } = options
  return {
    name: 'proxy',
    image: options.image,
    command: ENVOY_COMMAND,
    args: ENVOY_ARGS,
    ports: [
      { name: 'http', containerPort: PORTS.http },
      { name: 'http6', containerPort: PORTS.httpIpv6 },
      { name: 'tcp', containerPort: PORTS.tcp },
    ],
    resources: {
      requests: requests ?? { cpu: '20m', memory: '64Mi' },
      limits: { cpu: '2', memory: '512Mi' },
    },
    // A cold sidecar keeps its probe; of a hot one the agent carries it out.
    readinessProbe: { tcpSocket: { port: PORTS.http }, periodSeconds: 1 },
    ...(livenessProbe === undefined ? {} : { livenessProbe }),
    securityContext: RESTRICTED,
    upgradeStrategy: hot
      ? {
          upgradeType: 'HotUpgrade',
          handover: {
            drain: { method: { envoy: { adminPort: PORTS.admin } }, ...options.drain },
            privatePorts: [PORTS.admin],
            ...(startDeadlineSeconds === undefined ? {} : { startDeadlineSeconds }),
            ...(confirmSeconds === undefined ? {} : { confirmSeconds }),
          },
        }
      : { upgradeType: 'ColdUpgrade' },
  }
}

/** What the restricted Pod Security level asks for; see the Kubernetes pod security standards. */
export const RESTRICTED = {
  runAsNonRoot: true,
  runAsUser: 1337,
  runAsGroup: 1337,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
  seccompProfile: { type: 'RuntimeDefault' },
} as const
