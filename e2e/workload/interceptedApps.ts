import type { SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import type {
  TrafficInterception,
  TrafficInterceptionSpec,
} from '../../api/v1beta1/trafficinterception.ts'
import { meshSet, RESTRICTED } from './mesh.ts'
import { PORTS } from './ports.ts'

export interface InterceptedOptions {
  /** Of the set, and of the namespace. */
  readonly name: string
  readonly image: string
  readonly appImage: string
}

/**
 * A namespace with an app whose pods can be intercepted. Its Pod Security level lets init container
 * and agent change rules.
 */
export function provider({ name, appImage }: InterceptedOptions): readonly object[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': 'privileged' } },
    },
    ...app(name, 'provider', appImage, {}),
  ]
}

/**
 * An app beside it that asks it whenever it is asked itself.
 * @param address of the provider's Service: the test cluster has no DNS
 */
export function consumer(
  { name, appImage }: InterceptedOptions,
  address: string,
): readonly object[] {
  return app(name, 'consumer', appImage, { APP_UPSTREAM: `http://${address}/` })
}

/** The set that brings the proxy, and with it the possibility to intercept. */
export function interceptingSet({ name, image }: InterceptedOptions): SidecarSet {
  const set = meshSet({ name, image })
  const spec = { ...set.spec, selector: { matchLabels: { mesh: name } }, interception: {} }
  return { ...set, spec }
}

/**
 * The same set for apps of their own, with its proxy in initContainers: there it serves before an app
 * begins.
 */
export function nativeInterceptingSet(options: InterceptedOptions): SidecarSet {
  const { spec } = meshSet({ ...options, native: true })
  const name = `${options.name}-native`
  return {
    ...interceptingSet(options),
    metadata: { name },
    spec: { ...spec, selector: { matchLabels: { mesh: name } }, interception: {} },
  }
}

/** A pod that asks an address once, as the first thing that it does, and prints what came of it. */
export function hastyPod(
  { name: namespace, appImage }: InterceptedOptions,
  name: string,
  url: string,
): object {
  const labels = { app: name, mesh: `${namespace}-native` }
  const program =
    `const tell = (what) => console.log('first: ' + what);` +
    `require('node:http').get('${url}', (answer) => tell(answer.statusCode))` +
    `.on('error', ({ code }) => tell(code)); setInterval(() => undefined, 60_000)`
  const command = ['/usr/local/bin/node', '-e', program]
  const pod = podSpec(appImage, {})
  const containers = pod.containers.map((container) => ({ ...container, command }))
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels },
    spec: { ...pod, terminationGracePeriodSeconds: 1, containers },
  }
}

/** The switch of one of the apps, with hooks that its app writes down. */
export function switchOf(
  namespace: string,
  app: string,
  enabled: boolean,
  spec: Partial<TrafficInterceptionSpec> = {},
): TrafficInterception {
  const hook = (path: string) => ({
    httpPost: { port: PORTS.app, path: `/hooks/${path}` },
    timeoutSeconds: 20,
  })
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: { name: app, namespace },
    spec: {
      selector: { matchLabels: { app } },
      enabled,
      inbound: { ports: [PORTS.app] },
      hooks: {
        offline: hook('offline'),
        online: hook('online'),
        gracefulClose: hook('graceful-close'),
      },
      drain: { timerSeconds: 2 },
      rollout: { maxUnavailable: '100%' },
      ...spec,
    },
  }
}

function app(
  namespace: string,
  name: string,
  image: string,
  environment: Readonly<Record<string, string>>,
): readonly object[] {
  const labels = { app: name, mesh: namespace }
  return [
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name, namespace },
      spec: {
        replicas: 1,
        selector: { matchLabels: labels },
        template: {
          metadata: { labels },
          spec: podSpec(image, environment),
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace },
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: PORTS.app }] },
    },
  ]
}

function podSpec(image: string, environment: Readonly<Record<string, string>>) {
  const env = { APP_HOSTS: '0.0.0.0', ...environment }
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 5,
    containers: [
      {
        name: 'app',
        image,
        env: Object.entries(env).map(([key, value]) => ({ name: key, value })),
        // Another user than the proxy's, whose own traffic is left alone.
        securityContext: { ...RESTRICTED, runAsUser: 2000, runAsGroup: 2000 },
        resources: {
          requests: { cpu: '20m', memory: '64Mi' },
          limits: { cpu: '1', memory: '256Mi' },
        },
      },
    ],
  }
}
