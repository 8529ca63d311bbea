import { GATEWAY_LABEL } from '../../api/gateway/subject.ts'
import { OPERATOR } from '../../api/installation.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { KubeObject, ObjectMeta } from '../../runtime/client/objects.ts'
import { ownerReferenceTo } from '../../runtime/client/objects.ts'

/** Name, place, labels and owner of what a gateway owns: they go with it. */
export function ownedMetadata(gateway: StoredIngressGateway): ObjectMeta {
  const { name, namespace } = gateway.metadata
  return {
    name,
    namespace,
    labels: { [GATEWAY_LABEL]: name, 'app.kubernetes.io/managed-by': OPERATOR },
    ownerReferences: [ownerReferenceTo(gateway)],
  }
}

/** Is the object this gateway's, and no earlier one's of the same name? */
export function isOwnedBy(gateway: StoredIngressGateway, { metadata }: KubeObject): boolean {
  return (metadata.ownerReferences ?? []).some(
    ({ uid, controller }) => controller === true && uid === gateway.metadata.uid,
  )
}
