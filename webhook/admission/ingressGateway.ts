import { isDeepStrictEqual } from 'node:util'
import { defaultIngressGateway as defaultsOf } from '../../api/defaults/ingressGatewayDefaults.ts'
import { setOfGateway } from '../../api/gateway/subject.ts'
import { validateIngressGateway as violationsOf } from '../../api/validation/gateway/validateIngressGateway.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { additionsTo, changesOf } from './additions.ts'
import { refuse } from './refuse.ts'
import { ingressGatewayOf } from './requestObject.ts'
import { commandViolations, signedCommand } from './rolloutCommand.ts'
import { unknownFields } from './unknownFields.ts'

/** Fills in the defaults of an IngressGateway, and signs what somebody asks of its rollout. */
export const defaultIngressGateway: AdmissionHandler = (request) => {
  const { operation, object, oldObject, userInfo } = request
  const gateway = ingressGatewayOf(object)
  const signature = changesOf(gateway, () => {
    const old = operation === 'CREATE' ? undefined : setOfGateway(ingressGatewayOf(oldObject))
    const { annotations } = signedCommand(setOfGateway(gateway), old, userInfo.username).metadata
    return annotations === undefined
      ? gateway
      : { ...gateway, metadata: { ...gateway.metadata, annotations } }
  })
  const defaults = additionsTo(gateway, () => ({ ...gateway, spec: defaultsOf(gateway) }))
  const patch = [...signature, ...defaults]
  return allow(patch.length === 0 ? {} : { patch })
}

/** Refuses an IngressGateway that cannot work, with a sentence for each thing that is wrong. */
export const validateIngressGateway: AdmissionHandler = ({ operation, object, oldObject }) => {
  const gateway = ingressGatewayOf(object)
  const old = operation === 'CREATE' ? undefined : ingressGatewayOf(oldObject)
  const misunderstood = commandViolations(
    setOfGateway(gateway),
    old === undefined ? undefined : setOfGateway(old),
  )
  if (misunderstood.length > 0) return refuse(misunderstood)
  // Rules may have become stricter since: labels and finalizers must be writable all the same.
  if (old !== undefined && isDeepStrictEqual(old.spec, gateway.spec)) return allow()
  return refuse(violationsOf(gateway), misspelt(gateway))
}

/** Sentences about fields of proxy and volumes that nobody knows. */
function misspelt(gateway: StoredIngressGateway): readonly string[] {
  return unknownFields(setOfGateway(gateway).spec).map((sentence) =>
    sentence.replace('spec.containers[0]', 'spec.proxy'),
  )
}
