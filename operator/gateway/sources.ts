import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { Source } from '../../runtime/controller/source.ts'
import { watches } from '../../runtime/controller/source.ts'
import type { GatewayCaches } from './caches.ts'

/** What makes the operator look at a gateway again: all that it owns has its name. */
export function gatewaySources(
  gateways: Informer<StoredIngressGateway>,
  { deployments, services }: GatewayCaches,
): readonly Source[] {
  return [watches(gateways), watches(deployments), watches(services)]
}
