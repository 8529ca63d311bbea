import { PORTS } from './ports.ts'
import { RESTRICTED } from './mesh.ts'

export interface AppOptions {
  readonly name: string
  /** Defaults to one of the app's own name. */
  readonly namespace?: string
  readonly image: string
  readonly replicas: number
  /** Port of the pod that the Service leads to; the proxy's unless the app is bare. */
  readonly port?: number
  /** Of the preStop hook; absent: no hook, and the app ends when it has been quiet after SIGTERM. */
  readonly preStopSeconds?: number
  /** Ends on SIGTERM whatever it has in hand, as most programs do. Defaults to false. */
  readonly endsAtOnce?: boolean
  /** Where it echoes bytes, of loopback. Defaults to {@link PORTS}. */
  readonly echoPort?: number
}

/**
 * Namespace, Deployment and Service of a test app. The namespace enforces the restricted Pod Security
 * level, so a pod that needs more privileges than it should is never created.
 */
export function appManifests(options: AppOptions): readonly object[] {
  const { name, namespace = name, image, replicas, port = PORTS.http } = options
  const { preStopSeconds, endsAtOnce, echoPort } = options
  const env = [
    ...(endsAtOnce === true ? [{ name: 'APP_GRACE_MS', value: '0' }] : []),
    ...(echoPort === undefined ? [] : [{ name: 'APP_ECHO_PORT', value: String(echoPort) }]),
  ]
  const labels = { app: name }
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels: { 'pod-security.kubernetes.io/enforce': 'restricted' } },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace, labels },
      spec: {
        replicas,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            terminationGracePeriodSeconds: 30,
            containers: [
              {
                name: 'app',
                image,
                ...(preStopSeconds === undefined
                  ? {}
                  : { lifecycle: { preStop: { sleep: { seconds: preStopSeconds } } } }),
                ...(env.length === 0 ? {} : { env }),
                securityContext: RESTRICTED,
                resources: {
                  requests: { cpu: '20m', memory: '64Mi' },
                  limits: { cpu: '1', memory: '256Mi' },
                },
              },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: {
        selector: labels,
        ports: [
          { name: 'http', port: 80, targetPort: port },
          { name: 'tcp', port: PORTS.echo, targetPort: PORTS.tcp },
        ],
      },
    },
  ]
}
