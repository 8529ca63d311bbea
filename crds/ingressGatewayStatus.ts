import type { GatewayAddress, IngressGatewayStatus } from '../api/v1beta1/ingressgateway.ts'
import { condition } from './condition.ts'
import type { Schema } from './schema.ts'
import { integer, list, listByKey, object, string } from './schema.ts'
import { rolloutStatus } from './sidecarSetStatus.ts'

const CONDITIONS =
  'Accepted (Deployment and Service are as the spec wants them), Available (pods are ready), Addressed (clients have an address), and of the rollout Progressing, Degraded and Paused.'

/** The status subresource. */
export const ingressGatewayStatus: Schema = object<IngressGatewayStatus>(
  'What the operator observed.',
  {
    replicas: integer('Pods that there are.'),
    availableReplicas: integer('Pods that are ready.'),
    selector: string('Selects the pods, for autoscalers.'),
    addresses: list(
      'Where clients reach the gateway: at the load balancer, or inside the cluster.',
      object<GatewayAddress>(
        'One address.',
        { type: string('IPAddress or Hostname.'), value: string('The address.') },
        ['type', 'value'],
      ),
    ),
    templateRevision: string('Revision with which pods start that no webhook sees.'),
    ...rolloutStatus,
    conditions: listByKey('Conditions by type.', 'type', condition('gateway', CONDITIONS)),
  },
)
