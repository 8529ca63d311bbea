import { GATEWAY_LABEL, setOfGateway } from '../../api/gateway/subject.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import { reviseImages } from '../inject/reviseImages.ts'
import { podOf } from './requestObject.ts'
import type { RevisionOptions } from './revisionForNewPods.ts'
import { revisionForNewPods } from './revisionForNewPods.ts'

export interface GatewayPodOptions {
  readonly gateways: Pick<Informer<StoredIngressGateway>, 'get' | 'hasSynced'>
  readonly revisions: RevisionOptions
  readonly clock: Pick<Clock, 'now'>
}

/**
 * Lets a new pod of a gateway start with the revision that it is to have, by the rules for pods of
 * SidecarSets. The pod is complete without: one that is not seen here is upgraded as soon as it runs.
 */
export function createGatewayPod(options: GatewayPodOptions): AdmissionHandler {
  const { gateways, revisions, clock } = options
  return async ({ operation, object, namespace }, signal) => {
    if (operation !== 'CREATE') return allow()
    if (!gateways.hasSynced()) throw new Error('the cache of IngressGateways is not filled yet')
    const pod = podOf(object)
    const name = pod.metadata?.labels?.[GATEWAY_LABEL] ?? ''
    const gateway = gateways.get(`${namespace}/${name}`)
    if (gateway === undefined) return allow()
    const set = setOfGateway(gateway)
    const { injectable, warning } = await revisionForNewPods(set, pod, revisions, signal)
    const patch = reviseImages(pod, injectable, clock.now())
    return allow({ patch, warnings: warning === undefined ? [] : [warning] })
  }
}
