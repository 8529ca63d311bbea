import { envoys } from './envoy.ts'
import { haproxy } from './haproxy.ts'
import { nginxes } from './nginx.ts'
import type { Proxy } from './proxy.ts'
import { servers } from './servers.ts'

/** Every proxy and server that the matrix hands over. */
export function allProxies(): readonly Proxy[] {
  return [...envoys(), haproxy(), ...nginxes(), ...servers()]
}
