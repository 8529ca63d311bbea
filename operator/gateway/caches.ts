import { GATEWAY_LABEL } from '../../api/gateway/subject.ts'
import { createInformer } from '../../runtime/cache/informer.ts'
import type { Informer, InformerOptions } from '../../runtime/cache/informer.ts'
import type { Client } from '../../runtime/client/client.ts'
import { DEPLOYMENTS, SERVICES } from '../../runtime/client/kinds.ts'
import type { Deployment, Service } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'

/** What gateways own: nothing else of these kinds is kept, or even sent. */
export interface GatewayCaches {
  readonly deployments: Informer<Deployment>
  readonly services: Informer<Service>
}

export function createGatewayCaches(
  client: Client,
  shared: Pick<InformerOptions<KubeObject>, 'clock' | 'random' | 'logger' | 'metrics'>,
): GatewayCaches {
  const labelled = { ...shared, labelSelector: GATEWAY_LABEL }
  return {
    deployments: createInformer({ ...labelled, resource: client.resource(DEPLOYMENTS) }),
    services: createInformer({ ...labelled, resource: client.resource(SERVICES) }),
  }
}
