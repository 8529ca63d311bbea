import { DEFAULT_USER } from '../api/group.ts'
import { PORTS } from '../api/installation.ts'
import type { Setting } from './expression.ts'
import { asText, fieldsIf, filled, itemsIf } from './expression.ts'
import { CERTIFICATE_SECRET } from './certManager.ts'
import { labelsOf, metadataOf } from './names.ts'
import type { ComponentSettings, Settings } from './values.ts'

export interface DeploymentOptions {
  readonly name: string
  readonly settings: Settings
  readonly component: ComponentSettings
  /** Path of the bundle in the image. */
  readonly program: string
  /** Of Node. Defaults to none. */
  readonly flags?: readonly string[]
  /** Variables beside those of both components. */
  readonly environment?: Readonly<Record<string, Setting<string>>>
  /** What of the Secret that cert-manager makes it may see. */
  readonly certificateFiles: 'all' | 'ca.crt'
  /** Ports beside those for health and metrics. */
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
}

/**
 * For a heap of the container's 512 MiB Node makes so little room for young objects (4 MiB) that a
 * fifth of the operator's processor time goes into keeping them: each event of a watch is one.
 */
export const OPERATOR_FLAGS: readonly string[] = ['--max-semi-space-size=8']

/** Keeps all replicas but one up while nodes are drained, and does not hinder that with only one. */
export function disruptionBudget(name: string, { namespace }: Settings): object {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadataOf(name, namespace.name),
    spec: { maxUnavailable: 1, selector: { matchLabels: labelsOf(name) } },
  }
}

/** The Deployment of a component. */
export function deployment(options: DeploymentOptions): object {
  const { name, settings, component } = options
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadataOf(name, settings.namespace.name),
    spec: {
      replicas: component.replicas,
      selector: { matchLabels: labelsOf(name) },
      // Never less than before: pods cannot be created without the webhook.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      template: { metadata: { labels: labelsOf(name) }, spec: podSpec(options) },
    },
  }
}

function podSpec({ name, settings, component, ...container }: DeploymentOptions): object {
  return {
    serviceAccountName: name,
    enableServiceLinks: false,
    ...filled('imagePullSecrets', settings.images.pullSecrets),
    priorityClassName: settings.priorityClassName,
    securityContext: POD_SECURITY,
    ...placement(component),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        // A cluster of one node takes both replicas.
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labelsOf(name) },
      },
    ],
    containers: [
      {
        name: name.replace(/^baton-/, ''),
        image: settings.images.operator,
        imagePullPolicy: settings.images.pullPolicy,
        command: ['/usr/local/bin/node', ...(container.flags ?? []), container.program],
        env: environment(settings, container.environment ?? {}),
        ports: [
          ...(container.ports ?? []),
          { name: 'health', containerPort: PORTS.health },
          { name: 'metrics', containerPort: PORTS.metrics },
        ],
        ...PROBES,
        resources: component.resources,
        securityContext: CONTAINER_SECURITY,
        ...fieldsIf(settings.certificates.certManager, {
          volumeMounts: [{ name: 'certificates', mountPath: CERTIFICATES, readOnly: true }],
        }),
      },
    ],
    ...fieldsIf(settings.certificates.certManager, {
      volumes: [{ name: 'certificates', secret: certificateFiles(container.certificateFiles) }],
    }),
  }
}

/** The restricted Pod Security level wants it. */
export const POD_SECURITY = {
  runAsNonRoot: true,
  runAsUser: DEFAULT_USER,
  runAsGroup: DEFAULT_USER,
  seccompProfile: { type: 'RuntimeDefault' },
} as const

export const CONTAINER_SECURITY = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const

/** Asked at the port that is called `health`. */
export const PROBES = {
  startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
  livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
  readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 2 },
} as const

/** On which nodes it may run. */
export function placement(where: Placement): Readonly<Record<string, unknown>> {
  return {
    ...filled('nodeSelector', where.nodeSelector),
    ...filled('tolerations', where.tolerations),
    ...filled('affinity', where.affinity),
  }
}

type Placement = Pick<ComponentSettings, 'nodeSelector' | 'tolerations' | 'affinity'>

const CERTIFICATES = '/certificates'

function certificateFiles(which: DeploymentOptions['certificateFiles']): object {
  return {
    secretName: CERTIFICATE_SECRET,
    // The program waits for it; the pod need not.
    optional: true,
    ...(which === 'all' ? {} : { items: [{ key: which, path: which }] }),
  }
}

function probe(path: string): object {
  return { httpGet: { path, port: 'health' }, timeoutSeconds: 5 }
}

function environment(
  { images, logLevel, certificates }: Settings,
  own: Readonly<Record<string, Setting<string>>>,
): readonly unknown[] {
  const fromField = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  })
  return [
    { name: 'AGENT_IMAGE', value: images.agent },
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    { name: 'HEALTH_PORT', value: String(PORTS.health) },
    { name: 'METRICS_PORT', value: String(PORTS.metrics) },
    { name: 'LOG_LEVEL', value: logLevel },
    { name: 'CERTIFICATE_OVERLAP_SECONDS', value: asText(certificates.overlapSeconds) },
    ...itemsIf(certificates.certManager, [{ name: 'CERTIFICATE_DIRECTORY', value: CERTIFICATES }]),
    ...Object.entries(own).map(([name, value]) => ({ name, value })),
  ]
}
