import { IPTABLES_CONTAINER, formatInterception } from '../../api/interception/desired.ts'
import type { Interception } from '../../api/interception/desired.ts'
import { proxyUsers, wantedInterception } from '../../api/interception/wanted.ts'
import { annotations } from '../../api/group.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { TrafficInterceptionStatus } from '../../api/v1beta1/trafficinterception.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { ORDERED_ANNOTATION } from '../interception/podView.ts'
import { recordPatch } from '../interception/record.ts'
import type { ToggleRecord } from '../interception/record.ts'
import { applyPatch } from './applyPatch.ts'
import { hotProxy, injectedPod } from './build.ts'
import type { PodOptions } from './build.ts'

/** Builders of what the operator reads of interception, for tests. */

export interface InterceptionOptions {
  readonly name?: string
  readonly enabled?: boolean
  readonly spec?: Partial<StoredTrafficInterception['spec']>
  readonly status?: TrafficInterceptionStatus
  readonly generation?: number
  readonly createdAt?: string
  readonly deletedAt?: string
}

/** Wants the pods with the label `app: web`. */
export function anInterception(options: InterceptionOptions = {}): StoredTrafficInterception {
  const { name = 'web', enabled = true, generation = 1, status, deletedAt } = options
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: {
      name,
      namespace: 'default',
      uid: `uid-${name}`,
      generation,
      creationTimestamp: options.createdAt ?? '2025-01-01T00:00:00Z',
      ...(deletedAt === undefined ? {} : { deletionTimestamp: deletedAt }),
    },
    spec: { selector: { matchLabels: { app: 'web' } }, enabled, ...options.spec },
    ...(status === undefined ? {} : { status }),
  }
}

export interface SwitchablePodOptions extends PodOptions {
  /** What it was told. */
  readonly told?: Interception
  /** When; absent: at its creation. */
  readonly orderedAt?: number
  readonly record?: ToggleRecord
  readonly owner?: string
}

/** A pod that was injected with the init container for interception. */
export function switchablePod(name: string, options: SwitchablePodOptions = {}): Pod {
  const { told, orderedAt, record, owner, ...rest } = options
  const pod = injectedPod(name, [hotProxy('proxy:1')], rest)
  const controller = { apiVersion: 'apps/v1', kind: 'ReplicaSet', controller: true }
  const prepared: Pod = {
    ...pod,
    metadata: {
      ...pod.metadata,
      ...(owner === undefined
        ? {}
        : { ownerReferences: [{ ...controller, name: owner, uid: `uid-${owner}` }] }),
      annotations: {
        ...pod.metadata.annotations,
        ...(told === undefined ? {} : { [annotations.interception]: formatInterception(told) }),
        ...(orderedAt === undefined
          ? {}
          : { [ORDERED_ANNOTATION]: new Date(orderedAt).toISOString() }),
      },
    },
    spec: {
      containers: pod.spec?.containers ?? [],
      ...pod.spec,
      initContainers: [{ name: IPTABLES_CONTAINER, image: 'agent:1' }],
    },
  }
  return record === undefined ? prepared : applyPatch(prepared, recordPatch(prepared, record, 0))
}

/** What an object tells pods like {@link switchablePod}. */
export function toldBy(object: StoredTrafficInterception, enabled?: boolean): Interception {
  return wantedInterception(object, proxyUsers(switchablePod('any')), enabled)
}

export function recorded(
  order: Interception,
  outcome: ToggleRecord['outcome'] = order.enabled ? 'enabled' : 'disabled',
): ToggleRecord {
  const reason = outcome === 'failed' ? 'HookFailed' : ''
  return { id: order.id, outcome, reason, sentence: 'as it was' }
}
