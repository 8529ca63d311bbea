import { GATEWAY_LABEL } from '../../api/gateway/subject.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Service } from '../../runtime/client/kinds.ts'
import type { Applicable } from '../../runtime/client/options.ts'
import { ownedMetadata } from './ownedMetadata.ts'

/** The Service of a gateway: exactly the fields that are ours. */
export function gatewayService(gateway: StoredIngressGateway): Applicable<Service> {
  const { name } = gateway.metadata
  const { type = 'LoadBalancer', ports, annotations, externalTrafficPolicy } = gateway.spec.service
  return {
    metadata: {
      ...ownedMetadata(gateway),
      ...(annotations === undefined ? {} : { annotations }),
    },
    spec: {
      type,
      selector: { [GATEWAY_LABEL]: name },
      ports: ports.map((port) => ({
        ...port,
        targetPort: port.targetPort ?? port.port,
        protocol: 'TCP',
      })),
      ...(externalTrafficPolicy === undefined ? {} : { externalTrafficPolicy }),
    },
  }
}
