import { isGatewayCondition } from '../../api/gateway/subject.ts'
import type { Condition } from '../../api/v1beta1/sidecarset.ts'
import type { Verdict } from '../conditionWording.ts'
import { verdict } from '../conditionWording.ts'
import { counted } from '../sidecarset/counted.ts'
import type { GatewayView } from './view.ts'

/**
 * A patch of the rollout's status that keeps what the gateway itself has said: a merge patch replaces
 * the whole list of conditions.
 */
export function withGatewayConditions(
  patch: object,
  before: readonly Condition[] | undefined,
): object {
  const { status } = patch as { readonly status?: { readonly conditions?: readonly Condition[] } }
  if (status?.conditions === undefined) return patch
  const own = (before ?? []).filter(isGatewayCondition)
  return { ...patch, status: { ...status, conditions: [...own, ...status.conditions] } }
}

/** The conditions that are the gateway's own, without times. */
export function judgeGateway(view: GatewayView): readonly Verdict[] {
  return [accepted(view), available(view), addressed(view)]
}

function accepted({ obstacle }: GatewayView): Verdict {
  return obstacle === undefined
    ? verdict('Accepted', 'True', 'Applied', 'Deployment and Service are as the spec wants them')
    : verdict('Accepted', 'False', obstacle.reason, obstacle.sentence)
}

function available({ wanted, available: ready, missingBecause }: GatewayView): Verdict {
  const why = missingBecause === undefined || ready >= wanted ? '' : `: ${missingBecause}`
  const counts = `${ready} of ${counted(wanted, 'pod')} ready${why}`
  if (wanted === 0) {
    return verdict('Available', 'False', 'ScaledToZero', 'spec.replicas is 0: nobody serves')
  }
  if (ready === 0) return verdict('Available', 'False', 'NoPodReady', counts)
  return ready < wanted
    ? verdict('Available', 'True', 'SomePodsReady', counts)
    : verdict('Available', 'True', 'AllPodsReady', counts)
}

function addressed({ addresses, serviceType, name }: GatewayView): Verdict {
  if (addresses.length > 0) {
    const text = addresses.map(({ value }) => value).join(', ')
    return verdict('Addressed', 'True', 'AddressAssigned', `clients reach the gateway at ${text}`)
  }
  const message =
    serviceType === 'LoadBalancer'
      ? `the load balancer of Service ${name} has no address yet: kubectl describe service ${name} tells what its controller says`
      : `Service ${name} has no address yet`
  return verdict('Addressed', 'False', 'AddressPending', message)
}
