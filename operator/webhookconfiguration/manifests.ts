import { GATEWAY_LABEL } from '../../api/gateway/subject.ts'
import { annotations, GROUP } from '../../api/group.ts'
import { PART_OF, WEBHOOK, WEBHOOK_CONFIGURATIONS } from '../../api/installation.ts'
import type { LabelSelector } from '../../api/labelSelector.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type {
  MutatingWebhookConfiguration,
  ValidatingWebhookConfiguration,
} from '../../runtime/client/kinds.ts'
import type { FailurePolicy } from '../config.ts'

export const INJECTION_CONFIGURATION = WEBHOOK_CONFIGURATIONS.MutatingWebhookConfiguration
const VALIDATION_CONFIGURATION = WEBHOOK_CONFIGURATIONS.ValidatingWebhookConfiguration

export interface WebhookOptions {
  /** Namespace of the webhook's Service; its own pods are never sent to it. */
  readonly namespace: string
  /** PEM. */
  readonly caBundle: string
  /** For pods. Objects of our kinds are always refused: an unchecked one could harm every pod. */
  readonly failurePolicy: FailurePolicy
}

type MutatingWebhook = NonNullable<MutatingWebhookConfiguration['webhooks']>[number]
export type InjectionScope = Required<Pick<MutatingWebhook, 'objectSelector' | 'namespaceSelector'>>

/** Name of the entry that sends a set's pods to injection. */
export function injectionEntryName(set: string): string {
  return `${set}.inject.${GROUP}`
}

/** Whoever says no by a label needs us neither up nor down. */
const NOT_OPTED_OUT = { key: annotations.inject, operator: 'NotIn', values: ['false'] }

/** Pods of gateways hold a proxy and nothing else, and must not need us to be created. */
const NO_GATEWAY = { key: GATEWAY_LABEL, operator: 'DoesNotExist' }

/** The pods a set may be injected into; no other pod ever depends on the webhook. */
export function injectionScope(set: StoredSidecarSet, namespace: string): InjectionScope {
  const { selector, namespaceSelector } = set.spec
  const excluded = {
    key: 'kubernetes.io/metadata.name',
    operator: 'NotIn',
    values: ['kube-system', 'kube-public', namespace],
  }
  return {
    objectSelector: narrowed(selector, [NOT_OPTED_OUT, NO_GATEWAY]),
    namespaceSelector: narrowed(namespaceSelector, [NOT_OPTED_OUT, excluded]),
  }
}

function narrowed(
  selector: LabelSelector | undefined,
  requirements: NonNullable<LabelSelector['matchExpressions']>,
): LabelSelector {
  const { matchLabels, matchExpressions = [] } = selector ?? {}
  return {
    ...(matchLabels === undefined ? {} : { matchLabels }),
    matchExpressions: [...matchExpressions, ...requirements],
  }
}

/** The annotation that makes a pod the picture of a static one. */
const MIRROR_POD = 'kubernetes.io/config.mirror'

/** What no selector can say, in CEL: the pod does not say no by an annotation, and can be changed. */
const MATCH_CONDITIONS: NonNullable<MutatingWebhook['matchConditions']> = [
  {
    name: 'annotations',
    expression: `!has(object.metadata.annotations) || (!('${MIRROR_POD}' in object.metadata.annotations) && (!('${annotations.inject}' in object.metadata.annotations) || object.metadata.annotations['${annotations.inject}'] != 'false'))`,
  },
]

const NEW_PODS = {
  operations: ['CREATE'],
  apiGroups: [''],
  apiVersions: ['v1'],
  resources: ['pods'],
  scope: 'Namespaced',
}

/** Name of the entry that lets new pods of gateways start with the right revision. */
const GATEWAY_ENTRY = `gateway-pod.${GROUP}`

/** One entry for each set, by name, and those that fill in defaults of our kinds. */
export function injectionConfiguration(
  sets: readonly StoredSidecarSet[],
  options: WebhookOptions,
): MutatingWebhookConfiguration {
  const live = sets.filter((set) => set.metadata.deletionTimestamp === undefined)
  const sorted = live.toSorted((left, right) => (left.metadata.name < right.metadata.name ? -1 : 1))
  return {
    metadata: { name: INJECTION_CONFIGURATION, labels: PART_OF },
    webhooks: [
      {
        ...common(options, '/default-sidecarset'),
        name: `default-sidecarset.${GROUP}`,
        rules: [sidecarSetRule()],
        sideEffects: 'None',
        reinvocationPolicy: 'Never',
      },
      {
        ...common(options, '/default-trafficinterception'),
        name: `default-trafficinterception.${GROUP}`,
        rules: [namespacedRule(TRAFFIC_INTERCEPTIONS)],
        sideEffects: 'None',
        reinvocationPolicy: 'Never',
      },
      {
        ...common(options, '/default-ingressgateway'),
        name: `default-ingressgateway.${GROUP}`,
        rules: [namespacedRule(INGRESS_GATEWAYS)],
        sideEffects: 'None',
        reinvocationPolicy: 'Never',
      },
      {
        ...common(options, '/gateway-pod'),
        name: GATEWAY_ENTRY,
        objectSelector: { matchExpressions: [{ key: GATEWAY_LABEL, operator: 'Exists' }] },
        rules: [NEW_PODS],
        // Such a pod is complete without us, and upgraded when it runs.
        failurePolicy: 'Ignore',
        timeoutSeconds: 5,
        sideEffects: 'None',
        reinvocationPolicy: 'Never',
      },
      ...sorted.map((set): MutatingWebhook => ({
        ...common(options, '/inject'),
        ...injectionScope(set, options.namespace),
        matchConditions: MATCH_CONDITIONS,
        failurePolicy: options.failurePolicy,
        name: injectionEntryName(set.metadata.name),
        rules: [NEW_PODS],
        // Events tell of injections, but not of dry runs.
        sideEffects: 'NoneOnDryRun',
        reinvocationPolicy: 'Never',
      })),
    ],
  }
}

export function validationConfiguration(options: WebhookOptions): ValidatingWebhookConfiguration {
  return {
    metadata: { name: VALIDATION_CONFIGURATION, labels: PART_OF },
    webhooks: [
      {
        ...common(options, '/validate-sidecarset'),
        name: `validate-sidecarset.${GROUP}`,
        rules: [sidecarSetRule()],
        sideEffects: 'None',
      },
      {
        ...common(options, '/validate-trafficinterception'),
        name: `validate-trafficinterception.${GROUP}`,
        rules: [namespacedRule(TRAFFIC_INTERCEPTIONS)],
        sideEffects: 'None',
      },
      {
        ...common(options, '/validate-ingressgateway'),
        name: `validate-ingressgateway.${GROUP}`,
        rules: [namespacedRule(INGRESS_GATEWAYS)],
        sideEffects: 'None',
      },
    ],
  }
}

function common({ namespace, caBundle }: WebhookOptions, path: string) {
  return {
    admissionReviewVersions: ['v1'],
    clientConfig: {
      // Bytes travel as base64.
      caBundle: Buffer.from(caBundle).toString('base64'),
      service: { name: WEBHOOK, namespace, path, port: 443 },
    },
    failurePolicy: 'Fail',
    matchPolicy: 'Equivalent',
    timeoutSeconds: 10,
  }
}

function sidecarSetRule() {
  return { ...ruleOf(SIDECAR_SETS), scope: 'Cluster' }
}

type NamespacedKind = typeof TRAFFIC_INTERCEPTIONS | typeof INGRESS_GATEWAYS

function namespacedRule(kind: NamespacedKind) {
  return { ...ruleOf(kind), scope: 'Namespaced' }
}

function ruleOf({ group, version, plural }: typeof SIDECAR_SETS | NamespacedKind) {
  return {
    operations: ['CREATE', 'UPDATE'],
    apiGroups: [group],
    apiVersions: [version],
    resources: [plural],
  }
}
