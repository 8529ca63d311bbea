import { SYSTEM_NAMESPACE } from '../api/group.ts'
import { PART_OF } from '../api/installation.ts'
import { RUNBOOKS } from '../observability/rules.ts'
import type { SettingsOf, Value } from './value.ts'
import { RELEASE_VERSION } from './version.ts'

/** See certManager.ts. */
export const SELF_SIGNED_ISSUER = 'baton-selfsigned'

type Object = Readonly<Record<string, unknown>>

const value = <T>(description: string, byDefault: T, schema: Object): Value<T> => ({
  description,
  byDefault,
  schema,
})

const flag = (description: string, byDefault: boolean) =>
  value(description, byDefault, { type: 'boolean' })

const oneOf = (description: string, choices: readonly [string, ...string[]]) =>
  value<string>(description, choices[0], { type: 'string', enum: choices })

const image = (description: string, name: string) =>
  value(description, name, { type: 'string', minLength: 1, pattern: '^[^\\s]+$' })

const objectOf = (description: string, byDefault: Object) =>
  value(description, byDefault, { type: 'object' })

const listOf = (description: string) =>
  value<readonly object[]>(description, [], { type: 'array', items: { type: 'object' } })

const seconds = (description: string, byDefault: number, minimum: number) =>
  value(description, byDefault, { type: 'integer', minimum })

const resourcesAndPlaces = (affinity: string) => ({
  resources: objectOf('Requests and limits of its one container.', {
    requests: { cpu: '50m', memory: '96Mi' },
    limits: { cpu: '1', memory: '512Mi' },
  }),
  nodeSelector: value<Object>(
    'Labels that a node must have.',
    {},
    { type: 'object', additionalProperties: { type: 'string' } },
  ),
  tolerations: listOf('Taints that it stands.'),
  affinity: objectOf(affinity, {}),
})

const component = (replicas: string) => ({
  replicas: value(replicas, 2, { type: 'integer', minimum: 1 }),
  ...resourcesAndPlaces('Rules beside the spread over nodes, which is always there.'),
})

const secret = (description: string) =>
  value(description, '', { type: 'string', pattern: '^([a-z0-9]([-a-z0-9.]*[a-z0-9])?)?$' })

/**
 * Everything that may be chosen at an installation. values.yaml and values.schema.json of the chart
 * are made of this, and so are the defaults that install.yaml has.
 */
export const VALUES = {
  namespace: {
    name: value('Where Baton runs.', SYSTEM_NAMESPACE, {
      type: 'string',
      pattern: '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$',
      maxLength: 63,
    }),
    create: flag(
      'Makes the namespace, unless it is the one of the release, which Helm or you have made.',
      true,
    ),
  },
  images: {
    operator: image('Operator, webhook and console.', `baton.dev/operator:${RELEASE_VERSION}`),
    agent: image(
      'Agent and launcher; injected pods pull it too.',
      `baton.dev/agent:${RELEASE_VERSION}`,
    ),
    pullPolicy: oneOf('For operator and webhook.', ['IfNotPresent', 'Always', 'Never']),
    pullSecrets: listOf('Secrets of the namespace for operator and webhook: [{name: registry}].'),
  },
  crds: {
    install: flag(
      'Installs and upgrades the SidecarSet definition. It stays when Baton goes.',
      true,
    ),
  },
  certificates: {
    certManager: flag(
      'cert-manager, which must be there, makes the certificate of the webhook. Otherwise the operator\n' +
        'keeps a CA of its own.',
      false,
    ),
    issuer: value<Object>(
      'Which issuer cert-manager shall take. It must tell its CA (ca.crt). By default one that is\n' +
        'installed with Baton and lets the certificate sign itself.',
      { group: 'cert-manager.io', kind: 'Issuer', name: SELF_SIGNED_ISSUER },
      {
        type: 'object',
        additionalProperties: false,
        required: ['name'],
        properties: {
          group: { type: 'string' },
          kind: { type: 'string', enum: ['Issuer', 'ClusterIssuer'] },
          name: { type: 'string', minLength: 1 },
        },
      },
    ),
    caLifetimeSeconds: seconds('Life of the CA that the operator keeps.', 365 * 86_400, 1),
    lifetimeSeconds: seconds(
      'Life of the certificates that the replicas of the webhook sign by it.',
      86_400,
      1,
    ),
    overlapSeconds: seconds(
      'How long a new CA is only trusted before anything is signed or served by it. With cert-manager\n' +
        'it must be longer than the kubelet takes to bring a Secret into a pod, some 90 seconds.',
      600,
      1,
    ),
  },
  failurePolicy: oneOf(
    'What becomes of a pod that a set selects while no webhook answers: Fail refuses it,\n' +
      'Ignore creates it without sidecars. Pods that no set selects never depend on Baton.',
    ['Fail', 'Ignore'],
  ),
  podsAtATime: value(
    'Pods of one set that the operator writes at the same time: more is faster, and more work for\n' +
      'the API server.',
    16,
    { type: 'integer', minimum: 1, maximum: 48 },
  ),
  eventsPerSecond: value(
    'Normal events that the operator writes in a second, after the first 100; more of them wait.\n' +
      'Warnings never do.',
    30,
    { type: 'integer', minimum: 1, maximum: 1000 },
  ),
  logLevel: oneOf('Of operator and webhook.', ['info', 'debug', 'warn', 'error']),
  priorityClassName: value('Of operator and webhook.', 'system-cluster-critical', {
    type: 'string',
  }),
  podDisruptionBudget: {
    enabled: flag('Lets one replica of each go at a time while nodes are drained.', true),
  },
  prometheus: {
    address: value(
      'Whom analyses of rollouts ask that name nobody else, such as http://prometheus.monitoring:9090.',
      '',
      { type: 'string', pattern: '^(https?://[^\\s@?]+)?$' },
    ),
  },
  monitoring: {
    enabled: flag(
      'Makes Prometheus scrape operator, webhook and agents, and brings alerts and dashboards. The\n' +
        'kinds of the Prometheus Operator must be there.',
      false,
    ),
    interval: value('Between two scrapes.', '30s', {
      type: 'string',
      pattern: '^[0-9]+(ms|s|m)$',
    }),
    labels: objectOf(
      'Of monitors and rules. A Prometheus that takes only some needs one more, such as `release: …`.',
      PART_OF,
    ),
    dashboardLabels: objectOf('Of the ConfigMaps by which Grafana finds the dashboards.', {
      ...PART_OF,
      grafana_dashboard: '1',
    }),
    runbooks: value(
      'How `runbook_url` of the alerts begins: put the pages of docs/runbooks where your people can\n' +
        'read them, and say here where that is.',
      RUNBOOKS,
      { type: 'string', minLength: 1, pattern: '^[^\\s]*[^\\s/]$' },
    ),
  },
  networkPolicy: {
    enabled: flag(
      'Allows operator, webhook and console only the connections that they need.',
      true,
    ),
    apiServer: objectOf(
      'The egress rule that leads to the API server, whose port is as the cluster has it.\n' +
        'Narrow it with `to: [{ipBlock: {cidr: …}}]`.',
      { ports: [443, 6443, 8443].map((port) => ({ protocol: 'TCP', port })) },
    ),
    console: objectOf(
      'The egress rule that leads the console to other clusters, and to the provider of identities.',
      {
        ports: [443, 6443, 8443].map((port) => ({ protocol: 'TCP', port })),
      },
    ),
    prometheus: objectOf('The egress rule that leads the operator to what its analyses ask.', {
      ports: [{ protocol: 'TCP', port: 9090 }],
    }),
  },
  operator: component('One leads, the others stand by.'),
  webhook: component('All answer.'),
  console: {
    enabled: flag(
      'Serves the console in the cluster. Its account has no rights and its pod no token: whoever signs\n' +
        'in brings a token of their own.',
      false,
    ),
    clusterName: value('How this cluster is called there.', 'cluster', {
      type: 'string',
      pattern: '^[a-zA-Z0-9]([-a-zA-Z0-9.]*[a-zA-Z0-9])?$',
    }),
    externalUrl: value(
      'What users open, when a proxy with TLS is in front of it: https://console.example.com. Without it\n' +
        'and without a certificate it can be reached by kubectl port-forward alone.',
      '',
      { type: 'string', pattern: '^(https://[^/\\s]+/?)?$' },
    ),
    oidc: {
      issuer: value(
        'The OpenID Connect provider that says who users are, as the API servers know it\n' +
          '(--oidc-issuer-url). Without it each user brings a bearer token.',
        '',
        { type: 'string', pattern: '^(https://[^\\s?#]+)?$' },
      ),
      clientId: value('As what the provider and the API servers know the console.', 'baton', {
        type: 'string',
        minLength: 1,
      }),
      clientSecret: secret(
        'A Secret of the namespace whose key `client-secret` the provider wants. Without it the console\n' +
          'is a public client.',
      ),
    },
    tlsSecret: secret(
      'A Secret of type kubernetes.io/tls of the namespace: it then serves TLS itself.',
    ),
    kubeconfigSecret: secret(
      'A Secret of the namespace whose key `config` is a kubeconfig of more clusters, without credentials.',
    ),
    args: value<readonly string[]>(
      'More of `kubectl baton console`, such as --read-only or --allowed-host=localhost:9000.',
      [],
      { type: 'array', items: { type: 'string' } },
    ),
    ...resourcesAndPlaces('Near or far from what it shall run.'),
  },
} as const

export type Settings = SettingsOf<typeof VALUES>
export type ComponentSettings = Settings['operator']
