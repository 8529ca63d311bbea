import { DEFAULT_USER } from '../api/group.ts'
import { labelsOf, metadataOf, PORTS } from './names.ts'

/** Never less than one replica that answers: pods cannot be created without the webhook. */
const REPLICAS = 2

export interface DeploymentOptions {
  readonly name: string
  readonly image: string
  /** Image of the agent, which the component gives to pods. */
  readonly agentImage: string
  /** Path of the bundle in the image. */
  readonly program: string
  /** Ports beside those for health and metrics. */
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
}

/** A component: its Deployment, and what keeps one replica up while nodes are drained. */
export function componentWorkload(options: DeploymentOptions): readonly object[] {
  const { name } = options
  const selector = { matchLabels: labelsOf(name) }
  return [
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: metadataOf(name, 'namespace'),
      spec: { minAvailable: 1, selector },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: metadataOf(name, 'namespace'),
      spec: {
        replicas: REPLICAS,
        selector,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
        template: { metadata: { labels: labelsOf(name) }, spec: podSpec(options) },
      },
    },
  ]
}

function podSpec(options: DeploymentOptions): object {
  const { name, image, program, ports = [] } = options
  return {
    serviceAccountName: name,
    priorityClassName: 'system-cluster-critical',
    securityContext: {
      runAsNonRoot: true,
      runAsUser: DEFAULT_USER,
      runAsGroup: DEFAULT_USER,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labelsOf(name) },
      },
    ],
    containers: [
      {
        name: name.replace(/^baton-/, ''),
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['/usr/local/bin/node', program],
        env: environment(options),
        ports: [
          ...ports,
          { name: 'health', containerPort: PORTS.health },
          { name: 'metrics', containerPort: PORTS.metrics },
        ],
        startupProbe: { ...probe('/healthz'), periodSeconds: 1, failureThreshold: 60 },
        livenessProbe: { ...probe('/healthz'), periodSeconds: 10, failureThreshold: 3 },
        readinessProbe: { ...probe('/readyz'), periodSeconds: 2, failureThreshold: 2 },
        resources: {
          requests: { cpu: '50m', memory: '96Mi' },
          limits: { cpu: '1', memory: '512Mi' },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  }
}

function probe(path: string): object {
  return { httpGet: { path, port: 'health' }, timeoutSeconds: 5 }
}

function environment({ agentImage }: DeploymentOptions): readonly object[] {
  const fromField = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { fieldPath } },
  })
  return [
    { name: 'AGENT_IMAGE', value: agentImage },
    fromField('POD_NAME', 'metadata.name'),
    fromField('POD_NAMESPACE', 'metadata.namespace'),
    { name: 'HEALTH_PORT', value: String(PORTS.health) },
    { name: 'METRICS_PORT', value: String(PORTS.metrics) },
  ]
}
