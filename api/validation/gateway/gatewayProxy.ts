import type { GatewayProxy } from '../../v1beta1/ingressgateway.ts'
import type { Violation } from '../violation.ts'

/** What no proxy of a gateway may have, though the container of a set may. */
export function gatewayProxyViolations(proxy: GatewayProxy): readonly Violation[] {
  const type: string = proxy.upgradeStrategy?.upgradeType ?? 'HotUpgrade'
  return [
    ...(type === 'HotUpgrade' ? [] : [notHot(type)]),
    ...(proxy.restartPolicy === undefined ? [] : [restarted(proxy.restartPolicy)]),
  ]
}

function notHot(value: string): Violation {
  return {
    field: 'spec.proxy.upgradeStrategy.upgradeType',
    value,
    problem: 'the proxy of a gateway is handed over, never restarted under its clients',
    remedy: 'leave it out, or use HotUpgrade',
  }
}

function restarted(value: string): Violation {
  return {
    field: 'spec.proxy.restartPolicy',
    value,
    problem:
      'the slots of the proxy are plain containers of a Deployment, which always restarts them',
    remedy: 'leave it out',
  }
}
