import type {
  CoreV1Event,
  V1ConfigMap,
  V1ControllerRevision,
  V1CustomResourceDefinition,
  V1DaemonSet,
  V1Deployment,
  V1Lease,
  V1MutatingWebhookConfiguration,
  V1Namespace,
  V1Node,
  V1Pod,
  V1ReplicaSet,
  V1Secret,
  V1Service,
  V1StatefulSet,
  V1ValidatingWebhookConfiguration,
} from '@kubernetes/client-node'
import type { KubeObject } from './objects.ts'
import type { Wire } from './wire.ts'

/** Where a kind lives in the API, and (in its type only) what its objects look like. */
export interface ResourceKind<T extends KubeObject = KubeObject> {
  /** '' for the core group. */
  readonly group: string
  readonly version: string
  readonly kind: string
  readonly plural: string
  readonly namespaced: boolean
  /** Never set: carries T. */
  readonly objectType?: T
}

/** The apiVersion of a kind: `v1`, `apps/v1`. */
export function apiVersionOf(kind: ResourceKind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
}

export type Pod = Wire<V1Pod>
export type Node = Wire<V1Node>
export type Namespace = Wire<V1Namespace>
export type Secret = Wire<V1Secret>
export type ConfigMap = Wire<V1ConfigMap>
export type Event = Wire<CoreV1Event>
export type Service = Wire<V1Service>
export type Lease = Wire<V1Lease>
export type Deployment = Wire<V1Deployment>
export type DaemonSet = Wire<V1DaemonSet>
export type ReplicaSet = Wire<V1ReplicaSet>
export type StatefulSet = Wire<V1StatefulSet>
export type ControllerRevision = Wire<V1ControllerRevision>
export type MutatingWebhookConfiguration = Wire<V1MutatingWebhookConfiguration>
export type ValidatingWebhookConfiguration = Wire<V1ValidatingWebhookConfiguration>
export type CustomResourceDefinition = Wire<V1CustomResourceDefinition>

const core = { group: '', version: 'v1', namespaced: true } as const
const coreCluster = { ...core, namespaced: false } as const
const apps = { group: 'apps', version: 'v1', namespaced: true } as const
const admission = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  namespaced: false,
} as const

export const PODS: ResourceKind<Pod> = { ...core, kind: 'Pod', plural: 'pods' }
export const SECRETS: ResourceKind<Secret> = { ...core, kind: 'Secret', plural: 'secrets' }
export const CONFIG_MAPS: ResourceKind<ConfigMap> = {
  ...core,
  kind: 'ConfigMap',
  plural: 'configmaps',
}
export const EVENTS: ResourceKind<Event> = { ...core, kind: 'Event', plural: 'events' }
export const SERVICES: ResourceKind<Service> = { ...core, kind: 'Service', plural: 'services' }
export const NODES: ResourceKind<Node> = { ...coreCluster, kind: 'Node', plural: 'nodes' }
export const NAMESPACES: ResourceKind<Namespace> = {
  ...coreCluster,
  kind: 'Namespace',
  plural: 'namespaces',
}
export const LEASES: ResourceKind<Lease> = {
  group: 'coordination.k8s.io',
  version: 'v1',
  namespaced: true,
  kind: 'Lease',
  plural: 'leases',
}
export const DEPLOYMENTS: ResourceKind<Deployment> = {
  ...apps,
  kind: 'Deployment',
  plural: 'deployments',
}
export const DAEMON_SETS: ResourceKind<DaemonSet> = {
  ...apps,
  kind: 'DaemonSet',
  plural: 'daemonsets',
}
export const REPLICA_SETS: ResourceKind<ReplicaSet> = {
  ...apps,
  kind: 'ReplicaSet',
  plural: 'replicasets',
}
export const STATEFUL_SETS: ResourceKind<StatefulSet> = {
  ...apps,
  kind: 'StatefulSet',
  plural: 'statefulsets',
}
export const CONTROLLER_REVISIONS: ResourceKind<ControllerRevision> = {
  ...apps,
  kind: 'ControllerRevision',
  plural: 'controllerrevisions',
}
export const MUTATING_WEBHOOK_CONFIGURATIONS: ResourceKind<MutatingWebhookConfiguration> = {
  ...admission,
  kind: 'MutatingWebhookConfiguration',
  plural: 'mutatingwebhookconfigurations',
}
export const VALIDATING_WEBHOOK_CONFIGURATIONS: ResourceKind<ValidatingWebhookConfiguration> = {
  ...admission,
  kind: 'ValidatingWebhookConfiguration',
  plural: 'validatingwebhookconfigurations',
}
export const CUSTOM_RESOURCE_DEFINITIONS: ResourceKind<CustomResourceDefinition> = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  namespaced: false,
  kind: 'CustomResourceDefinition',
  plural: 'customresourcedefinitions',
}
