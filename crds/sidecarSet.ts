import { GROUP, VERSION } from '../api/group.ts'
import type {
  Canary,
  CanaryStep,
  InjectionStrategy,
  InjectRevision,
  PatchPodMetadata,
  SidecarSetSpec,
  UpdateStrategy,
} from '../api/v1beta1/sidecarset.ts'
import { labelSelector } from './labelSelector.ts'
import type { Schema } from './schema.ts'
import {
  boolean,
  integer,
  intOrString,
  listByKey,
  list,
  object,
  openObject,
  string,
} from './schema.ts'
import { sidecarContainer } from './sidecarContainer.ts'
import { sidecarSetStatus } from './sidecarSetStatus.ts'

const canaryStep = object<CanaryStep>('One step. It needs at least one of its fields.', {
  replicas: intOrString(
    'Pods that have the revision in this step: a number, or a percentage of the pods that the rollout can reach now. Absent: as many as in the step before.',
  ),
  pause: object<NonNullable<CanaryStep['pause']>>(
    'Wait once the pods of the step have the revision. Without seconds: until somebody resumes.',
    { seconds: integer('So long.') },
  ),
})

const canary = object<Canary>('Steps that come before the rest of a rollout.', {
  steps: list('Taken in order; then come the other pods.', canaryStep),
  maxPauseSeconds: integer(
    'A pause that waits for people longer than this is reported as too long. Defaults to 86400.',
  ),
})

const updateStrategy = object<UpdateStrategy>('How pods that exist get a new revision.', {
  type: string(
    'RollingUpdate: pods are upgraded. NotUpdate: only new pods get the revision. Defaults to RollingUpdate.',
  ),
  paused: boolean('No pod is started while true; pods in flight finish.'),
  selector: labelSelector('Only these pods are upgraded; not together with a partition.'),
  partition: intOrString('Pods that keep their revision: a number or a percentage. Defaults to 0.'),
  maxUnavailable: intOrString(
    'Pods that may be in flight or not ready at a time: a number or a percentage. Defaults to 1.',
  ),
  canary,
  onFailure: string('Pause or Rollback, once failureLimit pods failed. Defaults to Rollback.'),
  failureLimit: intOrString('Failed pods that end a rollout. Defaults to 1.'),
  progressDeadlineSeconds: integer(
    'Seconds without progress after which the condition Progressing is False. Defaults to 600.',
  ),
  prefetchImages: boolean(
    'Pull a new image on each node before any pod there is touched. Defaults to true.',
  ),
})

const injectionStrategy = object<InjectionStrategy>('How pods that are created get sidecars.', {
  paused: boolean('New pods are not injected while true.'),
  revision: object<InjectRevision>('Which revision new pods get instead of the latest.', {
    revisionName: string('Name of a ControllerRevision of the set. Wins over customVersion.'),
    customVersion: string('The newest revision that had this spec.customVersion.'),
    policy: string(
      'Always: every new pod gets it. Partial: those that updateStrategy.selector does not select, and of the others as many as the percentage in updateStrategy.partition says. Defaults to Always.',
    ),
  }),
})

/** Far more than a pod could have. The API server refuses rules in CEL on lists without an end. */
const MOST_CONTAINERS = 64

const sidecars = (description: string): Schema => ({
  ...listByKey(description, 'name', sidecarContainer),
  maxItems: MOST_CONTAINERS,
})

const patchPodMetadata = object<PatchPodMetadata>('Some annotations and how they are patched.', {
  annotations: {
    description:
      'Key and value. The ConfigMap baton-configuration in baton-system says which keys are allowed.',
    type: 'object',
    additionalProperties: { type: 'string' },
  },
  patchPolicy: string(
    'Retain: what the pod has stays. Overwrite: it is replaced. MergePatchJson: both are JSON objects and are merged. Defaults to Retain.',
  ),
})

const spec = object<SidecarSetSpec>('What is wanted.', {
  selector: labelSelector('Pods to inject and to upgrade.'),
  namespaceSelector: labelSelector('Namespaces of the pods. Absent: all.'),
  initContainers: sidecars(
    'Init containers to inject. With restartPolicy Always they are native sidecars.',
  ),
  containers: sidecars('Containers to inject.'),
  volumes: listByKey(
    'Volumes for the containers to mount. Those that none mounts are not injected.',
    'name',
    openObject('A core volume.', { name: string('Name of the volume.') }, ['name']),
  ),
  imagePullSecrets: list(
    'Secrets for pulling the images, in the namespaces of the pods.',
    openObject('A reference.', { name: string('Name of the Secret.') }),
  ),
  patchPodMetadata: list('Annotations that pods get.', patchPodMetadata),
  updateStrategy,
  injectionStrategy,
  revisionHistoryLimit: integer('Revisions that are kept. Defaults to 10.'),
  customVersion: string('A name for this revision: a label of its ControllerRevision.'),
})

const schema: Schema = {
  description: 'Sidecars for the pods that it selects, and how they are upgraded in running pods.',
  type: 'object',
  required: ['spec'],
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
    spec,
    status: sidecarSetStatus,
  },
}

const column = (name: string, type: 'integer' | 'string' | 'date', jsonPath: string) => ({
  name,
  type,
  jsonPath,
})

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
