import { GROUP, VERSION } from '../api/group.ts'
import type {
  InterceptedTraffic,
  InterceptionRollout,
  TrafficInterceptionSpec,
} from '../api/v1beta1/trafficinterception.ts'
import { hooks } from './interceptionHooks.ts'
import { labelSelector } from './labelSelector.ts'
import type { Schema } from './schema.ts'
import { boolean, integer, intOrString, list, mapOf, object, string } from './schema.ts'
import { trafficInterceptionStatus } from './trafficInterceptionStatus.ts'
import { column, rootSchema } from './root.ts'

/** Far more than anybody names. The API server refuses rules in CEL on lists without an end. */
const MOST_NETWORKS = 256

// The first look at a network; the webhook checks the numbers, and names the right form.
const network: Schema = {
  ...string('A network.'),
  'x-kubernetes-validations': [
    {
      rule: "self.contains('/')",
      message: 'a network has a length: use one such as 10.0.0.0/8, or one address as 10.1.2.3/32',
    },
  ],
}

const networks = (description: string): Schema => ({
  ...list(description, { ...network, maxLength: 64 }),
  maxItems: MOST_NETWORKS,
})

const traffic = (description: string, peer: string, proxyPort: number): Schema =>
  object<InterceptedTraffic>(description, {
    // A list or a word: a structural schema has no type for that.
    ports: {
      description:
        'A list of ports, or "*" for all. Defaults to "*"; [] leaves the direction alone.',
      'x-kubernetes-preserve-unknown-fields': true,
    },
    excludePorts: list('Ports that are left alone.', { type: 'integer', format: 'int32' }),
    includeCIDRs: networks(`Only ${peer} in these networks. Absent or empty: all.`),
    excludeCIDRs: networks(`No ${peer} in these networks.`),
    proxyPort: integer(`Port where the proxy listens for them. Defaults to ${proxyPort}.`),
  })

const rollout = object<InterceptionRollout>('How many pods are toggled, and how many at a time.', {
  partition: intOrString('Pods that keep their state: a number or a percentage. Defaults to 0.'),
  maxUnavailable: intOrString(
    'Pods that may be in a toggle or not ready at a time: a number or a percentage. Defaults to 25%.',
  ),
  paused: boolean('No toggle is started while true; those that are going on finish.'),
})

const ids = (description: string): Schema => list(description, { type: 'integer', format: 'int64' })

const spec: Schema = {
  ...object<TrafficInterceptionSpec>(
    'What is wanted.',
    {
      selector: labelSelector('Pods of the app, in the namespace of the object.'),
      podNames: list('Of these only the pods with these names. Absent: all.', { type: 'string' }),
      nodeSelector: mapOf('Of these only the pods on nodes with these labels. Absent: all.', {
        type: 'string',
      }),
      enabled: boolean('The toggle: true sends the traffic of the pods through their proxies.'),
      inbound: traffic('Connections that come to the pod.', 'clients', 15006),
      outbound: traffic('Connections that the app makes.', 'destinations', 15001),
      excludeUIDs: ids(
        "Users whose own connections are left alone. Defaults to those of the pod's hot containers: the proxy.",
      ),
      excludeGIDs: ids('Groups whose own connections are left alone.'),
      mode: string(
        'Redirect, or Tproxy: inbound connections keep the address of the client, and the listener of the proxy must be transparent. Defaults to Redirect.',
      ),
      dns: object<NonNullable<TrafficInterceptionSpec['dns']>>(
        "The app's DNS queries (UDP and TCP 53) go to the proxy too. Absent: they are left alone.",
        { proxyPort: integer('Port where the proxy listens for them. Defaults to 15053.') },
      ),
      hooks,
      drain: object<NonNullable<TrafficInterceptionSpec['drain']>>(
        'What happens to connections through the proxy when interception goes off.',
        {
          timerSeconds: {
            ...integer('Seconds from rules off until what is left is reported. Defaults to 15.'),
            minimum: 0,
          },
        },
      ),
      onProxyFailure: string(
        'Bypass: when the proxy is dead, its rules go off and the app goes on directly. Block: nothing gets through until it serves again. Defaults to Bypass.',
      ),
      rollout,
    },
    ['selector', 'enabled'],
  ),
  'x-kubernetes-validations': [
    {
      rule: '!has(self.inbound) || !has(self.outbound) || !has(self.inbound.proxyPort) || !has(self.outbound.proxyPort) || self.inbound.proxyPort != self.outbound.proxyPort',
      message: 'inbound and outbound need a proxyPort each: the proxy could not tell them apart',
    },
  ],
}

const schema: Schema = rootSchema(
  'Switches the interception of traffic on and off for an app, or for some of its pods, while they run.',
  spec,
  trafficInterceptionStatus,
)

/** The CustomResourceDefinition, ready to be written as YAML. */
export const trafficInterceptionDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `trafficinterceptions.${GROUP}`,
    labels: { 'app.kubernetes.io/part-of': 'baton' },
  },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: 'TrafficInterception',
      listKind: 'TrafficInterceptionList',
      plural: 'trafficinterceptions',
      singular: 'trafficinterception',
      shortNames: ['ti'],
      categories: ['baton'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          column('Wanted', 'boolean', '.spec.enabled'),
          column('Matched', 'integer', '.status.matchedPods'),
          column('Enabled', 'integer', '.status.enabledPods'),
          column('Disabled', 'integer', '.status.disabledPods'),
          column('Switching', 'integer', '.status.switchingPods'),
          column('Failed', 'integer', '.status.failedPods'),
          column('Reason', 'string', '.status.conditions[?(@.type=="Progressing")].reason'),
          column('Age', 'date', '.metadata.creationTimestamp'),
        ],
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
} as const
