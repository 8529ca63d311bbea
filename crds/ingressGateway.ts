import { GROUP, VERSION } from '../api/group.ts'
import type {
  GatewayPort,
  GatewayProxy,
  GatewayService,
  IngressGatewaySpec,
} from '../api/v1beta1/ingressgateway.ts'
import { coreContainer } from './core/container.ts'
import { volumes } from './core/volume.ts'
import { gatewayTemplate } from './gatewayTemplate.ts'
import { ingressGatewayStatus } from './ingressGatewayStatus.ts'
import { checked, oneOf, wholeNumber } from './rules.ts'
import type { Schema } from './schema.ts'
import { integer, intOrString, listByKey, mapOf, object, openObject, string } from './schema.ts'
import { handover, LONGEST_NAME } from './sidecarContainer.ts'
import { updateStrategy } from './updateStrategy.ts'
import { column, rootSchema } from './root.ts'

/** Far more than anybody needs. The API server refuses rules in CEL on lists without an end. */
const MOST_PORTS = 64

const portNumber = (description: string): Schema =>
  checked(integer(description), {
    rule: 'self >= 1 && self <= 65535',
    message: 'there is no such port; use a number from 1 to 65535',
  })

const port = object<GatewayPort>(
  'One port. Its protocol is TCP: listeners of UDP are not handed over.',
  {
    name: { ...string('Name of the port. Required where there are several.'), maxLength: 63 },
    port: portNumber('Port of the Service.'),
    targetPort: intOrString('Port of the proxy, by number or by name. Defaults to port.'),
    nodePort: portNumber('Port of the nodes. Defaults to a free one.'),
    appProtocol: string('What is spoken there, such as kubernetes.io/h2c.'),
  },
  ['port'],
)

const service = checked(
  object<GatewayService>(
    'The Service of the gateway, which has its name.',
    {
      type: oneOf('ClusterIP, NodePort or LoadBalancer. Defaults to LoadBalancer.', [
        'ClusterIP',
        'NodePort',
        'LoadBalancer',
      ]),
      ports: checked(
        { ...listByKey('Ports of the Service.', 'port', port), maxItems: MOST_PORTS },
        {
          rule: 'size(self) > 0',
          message: 'nobody could reach the gateway; add one, such as {port: 80}',
        },
        {
          rule: 'size(self) == 1 || self.all(one, has(one.name))',
          message: 'with several ports each needs a name; name them, such as http and https',
        },
      ),
      annotations: mapOf('Annotations of the Service, such as those for a load balancer.', {
        type: 'string',
      }),
      externalTrafficPolicy: oneOf(
        "Local: only to pods of the node where clients arrive, which see the client's address. Defaults to Cluster.",
        ['Cluster', 'Local'],
      ),
    },
    ['ports'],
  ),
  {
    rule: "!has(self.externalTrafficPolicy) || !has(self.type) || self.type != 'ClusterIP'",
    message:
      'a Service of type ClusterIP has no way in from outside the cluster; leave it out, or set type to NodePort or LoadBalancer',
    fieldPath: '.externalTrafficPolicy',
  },
)

type GatewayUpgradeStrategy = NonNullable<GatewayProxy['upgradeStrategy']>

const proxy = checked(
  openObject(
    'The proxy: the fields of a core container, and upgradeStrategy. Its listeners are always handed over.',
    {
      ...coreContainer,
      name: { ...coreContainer.name, maxLength: LONGEST_NAME },
      upgradeStrategy: object<GatewayUpgradeStrategy>('How the proxy gets a new image.', {
        upgradeType: checked(
          { ...string('HotUpgrade. Nothing else is possible.'), maxLength: LONGEST_NAME },
          {
            rule: "self == 'HotUpgrade'",
            message:
              'the proxy of a gateway is handed over, never restarted under its clients; leave it out, or use HotUpgrade',
          },
        ),
        handover,
      }),
    },
    ['name', 'image', 'command'],
  ),
  {
    rule: 'size(self.command) > 0',
    message:
      "Baton starts the proxy itself, and cannot see the image's own entrypoint; name the program, such as [/usr/local/bin/envoy]",
    fieldPath: '.command',
  },
  {
    rule: '!has(self.lifecycle)',
    message:
      'these hooks would never run: they belong to a container, and the process in a slot starts and ends without its container; remove them',
    fieldPath: '.lifecycle',
  },
)

const spec = object<IngressGatewaySpec>(
  'What is wanted.',
  {
    replicas: {
      ...wholeNumber('Pods of the gateway. Autoscalers write it. Defaults to 1.', 0),
      default: 1,
    },
    proxy,
    volumes: volumes('Volumes for the proxy to mount.'),
    template: gatewayTemplate,
    service,
    updateStrategy,
    revisionHistoryLimit: wholeNumber(
      'Revisions that are kept; those in use are kept in any case. Defaults to 10.',
      1,
    ),
  },
  ['proxy', 'service'],
)

const schema: Schema = checked(
  rootSchema(
    'A proxy for what comes into the cluster, in pods of its own behind a Service, that gets new versions in running pods as sidecars do.',
    spec,
    ingressGatewayStatus,
  ),
  {
    rule: `size(self.metadata.name) <= ${LONGEST_NAME} && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`,
    message:
      "metadata.name: the Service of the gateway has its name, and no Service can be called so; use at most 63 lower-case letters, digits and '-', a letter first and no '-' last",
  },
)

/** The CustomResourceDefinition, ready to be written as YAML. */
export const ingressGatewayDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `ingressgateways.${GROUP}`,
    labels: { 'app.kubernetes.io/part-of': 'baton' },
  },
  spec: {
    group: GROUP,
    scope: 'Namespaced',
    names: {
      kind: 'IngressGateway',
      listKind: 'IngressGatewayList',
      plural: 'ingressgateways',
      singular: 'ingressgateway',
      shortNames: ['igw'],
      categories: ['baton'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: {
          status: {},
          scale: {
            specReplicasPath: '.spec.replicas',
            statusReplicasPath: '.status.replicas',
            labelSelectorPath: '.status.selector',
          },
        },
        additionalPrinterColumns: [
          column('Address', 'string', '.status.addresses[0].value'),
          column('Replicas', 'integer', '.status.replicas'),
          column('Ready', 'integer', '.status.availableReplicas'),
          column('Updated', 'integer', '.status.updatedPods'),
          column('Upgrading', 'integer', '.status.upgradingPods'),
          column('Failed', 'integer', '.status.failedPods'),
          column('Step', 'integer', '.status.currentStep'),
          column('Reason', 'string', '.status.conditions[?(@.type=="Progressing")].reason'),
          column('Age', 'date', '.metadata.creationTimestamp'),
        ],
        schema: { openAPIV3Schema: schema },
      },
    ],
  },
} as const
