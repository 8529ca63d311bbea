import { defaultInterception } from '../defaults/trafficInterceptionDefaults.ts'
import { DEFAULT_USER, annotations, slotNames } from '../group.ts'
import type { StoredTrafficInterception } from '../v1beta1/kinds.ts'
import type { InterceptedTraffic } from '../v1beta1/trafficinterception.ts'
import { withId } from './desired.ts'
import type { InterceptedSide, Interception } from './desired.ts'

/** Of a pod what says which of its containers are the proxy, and as whom they run. */
export interface PodWithProxy {
  readonly metadata?: { readonly annotations?: Readonly<Record<string, string>> }
  readonly spec?: {
    readonly containers?: readonly ContainerWithUser[]
    readonly initContainers?: readonly ContainerWithUser[]
  }
}
interface ContainerWithUser {
  readonly name: string
  readonly securityContext?: { readonly runAsUser?: number }
}

/**
 * What an object wants of one pod. Webhook and operator both ask here, so that a pod that was
 * created as it should be is not toggled when the operator first looks at it.
 * @param users of the pod's proxy; see proxyUsers
 * @param enabled defaults to what the object says
 */
export function wantedInterception(
  { metadata, spec }: StoredTrafficInterception,
  users: readonly number[],
  enabled: boolean = spec.enabled,
): Interception {
  const { inbound, outbound, dns, mode, hooks, drain, onProxyFailure, ...rest } =
    defaultInterception(spec)
  return withId({
    v: 1,
    enabled,
    ...side('inbound', inbound),
    ...side('outbound', outbound),
    excludeUIDs: rest.excludeUIDs ?? users,
    excludeGIDs: rest.excludeGIDs ?? [],
    mode,
    ...(dns === undefined ? {} : { dns }),
    hooks,
    drain,
    onProxyFailure,
    from: metadata.name,
  })
}

/** A direction without ports is left alone. */
function side(
  name: 'inbound' | 'outbound',
  traffic: Required<InterceptedTraffic>,
): Readonly<Record<string, InterceptedSide>> {
  return traffic.ports.length === 0 ? {} : { [name]: traffic }
}

/** Users of the slots, lowest first. The agent's own connections are told by its group. */
export function proxyUsers({ metadata, spec }: PodWithProxy): readonly number[] {
  const text = metadata?.annotations?.[annotations.workingHotUpgradeContainer]
  const proxies = new Set(hotContainers(text).flatMap(slotNames))
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])]
  const users = containers
    .filter(({ name }) => proxies.has(name))
    .map(({ securityContext }) => securityContext?.runAsUser ?? DEFAULT_USER)
  return users.length === 0
    ? [DEFAULT_USER]
    : [...new Set(users)].sort((left, right) => left - right)
}

function hotContainers(text: string | undefined): readonly string[] {
  if (text === undefined) return []
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? Object.keys(value) : []
  } catch {
    return []
  }
}
