import type { IngressGateway } from '../../api/v1beta1/ingressgateway.ts'
import { envoyConfig } from './envoyConfig.ts'
import { ENVOY_COMMAND, ENVOY_FLAGS, RESTRICTED } from './mesh.ts'
import { PORTS } from './ports.ts'

/** Where the configuration is mounted: it names the address of the app, which no image can. */
const CONFIG_DIR = '/etc/gateway'
const CONFIG_MAP = 'envoy'
const APP = 'app'
/** The control: the same proxy in a Deployment as everybody has. */
export const BARE = 'bare'
export const GATEWAY = 'edge'

const resources = {
  requests: { cpu: '20m', memory: '64Mi' },
  limits: { cpu: '2', memory: '512Mi' },
} as const

/** Namespace and app that the gateways lead to, and the Service that they find it by. */
export function gatewayApp(namespace: string, image: string): readonly object[] {
  const container = {
    name: 'app',
    image,
    env: [{ name: 'APP_HOSTS', value: '0.0.0.0' }],
    ports: [{ containerPort: PORTS.app }],
    readinessProbe: { tcpSocket: { port: PORTS.app }, periodSeconds: 1 },
    securityContext: RESTRICTED,
    resources,
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: {
        name: namespace,
        labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      },
    },
    deployment(namespace, APP, 1, { containers: [container] }),
    service(namespace, APP, PORTS.app),
  ]
}

/** The configuration of both proxies, and the bare one. */
export function bareGateway(namespace: string, image: string, appHost: string): readonly object[] {
  const text = envoyConfig({ app: { host: appHost, port: 80 }, without: ['tcp'] })
  const container = {
    ...proxy(image),
    readinessProbe: { tcpSocket: { port: PORTS.http }, periodSeconds: 1 },
  }
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: CONFIG_MAP, namespace },
      data: { 'envoy.yaml': text },
    },
    deployment(namespace, BARE, 2, { containers: [container], volumes: [configVolume] }),
    service(namespace, BARE, PORTS.http),
  ]
}

/** The gateway; `fields` are further ones of its spec. */
export function edgeGateway(
  namespace: string,
  image: string,
  fields: Partial<IngressGateway['spec']> = {},
): IngressGateway {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'IngressGateway',
    metadata: { name: GATEWAY, namespace },
    spec: {
      replicas: 2,
      proxy: {
        ...proxy(image),
        readinessProbe: { tcpSocket: { port: PORTS.http }, periodSeconds: 1 },
        upgradeStrategy: {
          handover: { drain: { method: { envoy: { adminPort: PORTS.admin } } } },
        },
      },
      volumes: [configVolume],
      service: { type: 'ClusterIP', ports: [{ port: 80, targetPort: 'http' }] },
      ...fields,
    },
  }
}

const configVolume = { name: 'config', configMap: { name: CONFIG_MAP } } as const

function proxy(image: string) {
  return {
    name: 'proxy',
    image,
    command: ENVOY_COMMAND,
    args: ['-c', `${CONFIG_DIR}/envoy.yaml`, ...ENVOY_FLAGS],
    ports: [{ name: 'http', containerPort: PORTS.http }],
    volumeMounts: [{ name: configVolume.name, mountPath: CONFIG_DIR, readOnly: true }],
    securityContext: RESTRICTED,
    resources,
  }
}

function deployment(namespace: string, name: string, replicas: number, spec: object): object {
  const labels = { app: name }
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { automountServiceAccountToken: false, enableServiceLinks: false, ...spec },
      },
    },
  }
}

function service(namespace: string, name: string, targetPort: number): object {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: [{ port: 80, targetPort }] },
  }
}
