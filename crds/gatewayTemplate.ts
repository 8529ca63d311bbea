import type {
  V1Affinity,
  V1LocalObjectReference,
  V1PodSecurityContext,
  V1Toleration,
  V1TopologySpreadConstraint,
} from '@kubernetes/client-node'
import type { GatewayTemplate } from '../api/v1beta1/ingressgateway.ts'
import { core } from './core/core.ts'
import { labelSelector } from './labelSelector.ts'
import { wholeNumber } from './rules.ts'
import { boolean, int64, integer, list, mapOf, object, openObject, string } from './schema.ts'

const AS_OF_POD = 'As of a pod.'

/** What of the pods is not the proxy. */
export const gatewayTemplate = object<GatewayTemplate>(
  'What of the pods is not the proxy. A change of it makes new pods: the Deployment replaces the old ones, which drain.',
  {
    labels: mapOf('Labels of the pods.', { type: 'string' }),
    annotations: mapOf('Annotations of the pods.', { type: 'string' }),
    nodeSelector: mapOf('Labels that nodes must have.', { type: 'string' }),
    affinity: core<V1Affinity>('Nodes and pods that the pods are put beside, or kept away from.', {
      nodeAffinity: openObject(AS_OF_POD),
      podAffinity: openObject(AS_OF_POD),
      podAntiAffinity: openObject(AS_OF_POD),
    }),
    tolerations: list(
      'Taints that the pods bear.',
      core<V1Toleration>('One taint.', {
        key: string('Its key.'),
        operator: string('Exists or Equal. Defaults to Equal.'),
        value: string('Its value.'),
        effect: string('NoSchedule, PreferNoSchedule or NoExecute. Absent: all.'),
        tolerationSeconds: int64('How long NoExecute is borne. Absent: for ever.'),
      }),
    ),
    topologySpreadConstraints: list(
      'How the pods are spread over zones, nodes and the like.',
      core<V1TopologySpreadConstraint>('One constraint.', {
        maxSkew: integer('How uneven it may be.'),
        topologyKey: string('Label of nodes over whose values the pods are spread.'),
        whenUnsatisfiable: string('DoNotSchedule or ScheduleAnyway.'),
        labelSelector: labelSelector('Pods that are counted.'),
        matchLabelKeys: list('Labels of the pod that are added to the selector.', {
          type: 'string',
        }),
        minDomains: integer('So many values at least.'),
        nodeAffinityPolicy: string('Honor or Ignore.'),
        nodeTaintsPolicy: string('Honor or Ignore.'),
      }),
    ),
    priorityClassName: string('PriorityClass of the pods.'),
    schedulerName: string('Scheduler of the pods.'),
    runtimeClassName: string('RuntimeClass of the pods.'),
    serviceAccountName: string('ServiceAccount of the pods. Defaults to default.'),
    automountServiceAccountToken: boolean(
      "Whether the account's token is mounted. Defaults to what the account says.",
    ),
    securityContext: core<V1PodSecurityContext>('Of all containers that have no other.', {
      fsGroup: int64('Group of files in volumes.'),
      fsGroupChangePolicy: string('OnRootMismatch or Always.'),
      runAsUser: int64('User.'),
      runAsGroup: int64('Group.'),
      runAsNonRoot: boolean('Whether root is refused.'),
      supplementalGroups: list('Further groups.', { type: 'integer', format: 'int64' }),
      supplementalGroupsPolicy: string('Merge or Strict.'),
      sysctls: list('Kernel parameters of the pod.', openObject('A parameter.')),
      appArmorProfile: openObject(AS_OF_POD),
      seLinuxOptions: openObject(AS_OF_POD),
      seLinuxChangePolicy: string('MountOption or Recursive.'),
      seccompProfile: openObject(AS_OF_POD),
      windowsOptions: openObject(AS_OF_POD),
    }),
    imagePullSecrets: list(
      "Secrets for pulling the images, in the gateway's namespace.",
      core<V1LocalObjectReference>('A reference.', { name: string('Name of the Secret.') }),
    ),
    terminationGracePeriodSeconds: wholeNumber(
      'Seconds that a pod that goes has to drain. Defaults to 30, of which its agent uses 29 at most.',
      0,
    ),
  },
)
