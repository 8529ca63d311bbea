import { setSpecOfGateway } from '../gateway/subject.ts'
import type { IngressGateway, IngressGatewaySpec } from '../v1beta1/ingressgateway.ts'
import { applyDefaults } from './applyDefaults.ts'

/** Fills in every default. What the user wrote stays; applying it twice changes nothing. */
export function defaultIngressGateway(gateway: IngressGateway): IngressGatewaySpec {
  const { spec } = gateway
  const set = applyDefaults(setSpecOfGateway(gateway))
  const [container] = set.containers ?? []
  const { handover } = container?.upgradeStrategy ?? {}
  return {
    ...spec,
    replicas: spec.replicas ?? 1,
    proxy: {
      ...spec.proxy,
      upgradeStrategy: {
        ...spec.proxy.upgradeStrategy,
        upgradeType: spec.proxy.upgradeStrategy?.upgradeType ?? 'HotUpgrade',
        ...(handover === undefined ? {} : { handover }),
      },
    },
    service: { ...spec.service, type: spec.service.type ?? 'LoadBalancer' },
    updateStrategy: set.updateStrategy,
    revisionHistoryLimit: set.revisionHistoryLimit,
  }
}
