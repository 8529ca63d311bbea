import { GROUP, VERSION } from '../api/group.ts'
import type {
  InjectionStrategy,
  InjectRevision,
  PatchPodMetadata,
  SidecarSetInterception,
  SidecarSetSpec,
} from '../api/v1beta1/sidecarset.ts'
import { volumes } from './core/volume.ts'
import { labelSelector } from './labelSelector.ts'
import { checked, oneOf, wholeNumber } from './rules.ts'
import type { Schema } from './schema.ts'
import { boolean, listByKey, list, object, openObject, string } from './schema.ts'
import { container, initContainer } from './sidecarContainer.ts'
import { sidecarSetStatus } from './sidecarSetStatus.ts'
import { updateStrategy } from './updateStrategy.ts'
import { column, rootSchema } from './root.ts'

const injectionStrategy = object<InjectionStrategy>('How pods that are created get sidecars.', {
  paused: boolean('New pods are not injected while true.'),
  revision: checked(
    object<InjectRevision>('Which revision new pods get instead of the latest.', {
      revisionName: string('Name of a ControllerRevision of the set. Wins over customVersion.'),
      customVersion: string('The newest revision that had this spec.customVersion.'),
      policy: oneOf(
        'Always: every new pod gets it. Partial: those that updateStrategy.selector does not select, and of the others as many as the percentage in updateStrategy.partition says. Defaults to Always.',
        ['Always', 'Partial'],
      ),
    }),
    {
      rule: "(has(self.revisionName) && self.revisionName != '') || (has(self.customVersion) && self.customVersion != '')",
      message:
        'nothing says which revision new pods get; set revisionName or customVersion, or leave revision out for the latest',
    },
  ),
})

/** CEL, of a LabelSelector. */
const NOT_EMPTY =
  '(has(self.matchLabels) && size(self.matchLabels) > 0) || (has(self.matchExpressions) && size(self.matchExpressions) > 0)'
const NAME_THE_PODS = 'name the pods by labels, such as matchLabels: {app: shop}'

const interception = object<SidecarSetInterception>(
  'The traffic of new pods can go through the proxy, switched by TrafficInterceptions while they run. The pods get the init container baton-iptables, and their agent may change rules (NET_ADMIN). Absent: it cannot, and no pod gets a privilege.',
  {
    enabled: boolean(
      'How pods start that no TrafficInterception selects: true sends all their TCP through the proxy. Defaults to false.',
    ),
    inboundPort: wholeNumber('Where the proxy listens for what comes in. Defaults to 15006.', 1),
    outboundPort: wholeNumber('Where it listens for what the app sends. Defaults to 15001.', 1),
  },
)

/** Far more than a pod could have. The API server refuses rules in CEL on lists without an end. */
const MOST_CONTAINERS = 64

const sidecars = (description: string, item: Schema): Schema => ({
  ...listByKey(description, 'name', item),
  maxItems: MOST_CONTAINERS,
})

const patchPodMetadata = object<PatchPodMetadata>('Some annotations and how they are patched.', {
  annotations: {
    description:
      'Key and value. The ConfigMap baton-configuration in baton-system says which keys are allowed.',
    type: 'object',
    additionalProperties: { type: 'string' },
  },
  patchPolicy: oneOf(
    'Retain: what the pod has stays. Overwrite: it is replaced. MergePatchJson: both are JSON objects and are merged. Defaults to Retain.',
    ['Retain', 'Overwrite', 'MergePatchJson'],
  ),
})

const specFields = object<SidecarSetSpec>('What is wanted.', {
  selector: checked(labelSelector('Pods to inject and to upgrade.'), {
    rule: NOT_EMPTY,
    message: `an empty selector matches every pod of the cluster; ${NAME_THE_PODS}`,
  }),
  namespaceSelector: checked(labelSelector('Namespaces of the pods. Absent: all.'), {
    rule: NOT_EMPTY,
    message:
      'an empty selector does not say whether all namespaces are meant; leave the field out for all namespaces, or name their labels',
  }),
  initContainers: sidecars(
    'Init containers to inject. With restartPolicy Always they are native sidecars.',
    initContainer,
  ),
  containers: sidecars('Containers to inject.', container),
  volumes: volumes('Volumes for the containers to mount. Those that none mounts are not injected.'),
  imagePullSecrets: list(
    'Secrets for pulling the images, in the namespaces of the pods. A pod gets each once.',
    openObject('A reference.', { name: string('Name of the Secret.') }),
  ),
  patchPodMetadata: {
    ...list('Annotations that pods get.', patchPodMetadata),
    maxItems: MOST_CONTAINERS,
  },
  updateStrategy,
  injectionStrategy,
  revisionHistoryLimit: wholeNumber(
    'Revisions that are kept; those in use are kept in any case. Defaults to 10.',
    1,
  ),
  interception,
  customVersion: string('A name for this revision: a label of its ControllerRevision.'),
})

const spec = checked(
  specFields,
  {
    rule: 'has(self.selector)',
    message: `without a selector no pod is ever injected; ${NAME_THE_PODS}`,
    fieldPath: '.selector',
  },
  {
    rule: '(has(self.containers) && size(self.containers) > 0) || (has(self.initContainers) && size(self.initContainers) > 0)',
    message: 'the set has neither containers nor initContainers to inject; add one',
    fieldPath: '.containers',
  },
)

const schema: Schema = checked(
  rootSchema(
    'Sidecars for the pods that it selects, and how they are upgraded in running pods.',
    spec,
    sidecarSetStatus,
  ),
  {
    rule: "!self.metadata.name.startsWith('gateway.')",
    message:
      'metadata.name: names that begin with gateway. are those by which pods know their IngressGateways; choose another name',
  },
)

/** The CustomResourceDefinition, ready to be written as YAML. */
export const sidecarSetDefinition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: {
    name: `sidecarsets.${GROUP}`,
    labels: { 'app.kubernetes.io/part-of': 'baton' },
  },
  spec: {
    group: GROUP,
    scope: 'Cluster',
    names: {
      kind: 'SidecarSet',
      listKind: 'SidecarSetList',
      plural: 'sidecarsets',
      singular: 'sidecarset',
      shortNames: ['scs'],
      categories: ['baton'],
    },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        subresources: { status: {} },
        additionalPrinterColumns: [
          column('Matched', 'integer', '.status.matchedPods'),
          column('Updated', 'integer', '.status.updatedPods'),
          column('Ready', 'integer', '.status.readyPods'),
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
