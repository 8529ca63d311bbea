import { gatewaySetName, isGatewaySetName, setOfGateway } from '../../api/gateway/subject.ts'
import type { StoredIngressGateway, StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import { withGatewayConditions } from './conditions.ts'

// The rollout knows SidecarSets alone. What a gateway amounts to is read, written and told of here as
// if it were stored as one.

/** What is rolled out: the SidecarSets, and the sets that gateways amount to. */
export type Subjects = Pick<Informer<StoredSidecarSet>, 'get' | 'list' | 'onChange'>

/** @param gateways indexed by `set`: the name of the set that each amounts to */
export function createSubjects(
  sets: Informer<StoredSidecarSet>,
  gateways: Informer<StoredIngressGateway>,
): Subjects {
  /** One set for each version of a gateway. */
  const known = new WeakMap<StoredIngressGateway, StoredSidecarSet>()
  const setOf = (gateway: StoredIngressGateway): StoredSidecarSet => {
    const set = known.get(gateway) ?? setOfGateway(gateway)
    known.set(gateway, set)
    return set
  }
  return {
    get: (name) => {
      if (!isGatewaySetName(name)) return sets.get(name)
      const gateway = gatewayOf(gateways, name)
      return gateway === undefined ? undefined : setOf(gateway)
    },
    list: () => [...sets.list(), ...gateways.list().map(setOf)],
    onChange: (handler) => {
      const stops = [
        sets.onChange(handler),
        gateways.onChange((_key, before, after) => {
          const one = after ?? before
          if (one === undefined) return
          const [former, next] = [before, after].map((gateway) =>
            gateway === undefined ? undefined : setOf(gateway),
          )
          handler(setNameOf(one), former, next)
        }),
      ]
      return () => {
        for (const stop of stops) stop()
      }
    },
  }
}

/** Index of the cache of gateways. */
export function setNameOf({ metadata }: StoredIngressGateway): string {
  return gatewaySetName(metadata.namespace, metadata.name)
}

type Gateways = Pick<Informer<StoredIngressGateway>, 'byIndex'>

function gatewayOf(gateways: Gateways, set: string): StoredIngressGateway | undefined {
  return gateways.byIndex('set', set)[0]
}

/** What the rollout writes of a set: status and finalizers. */
export type SubjectWriter = Pick<ResourceClient<StoredSidecarSet>, 'mergePatch'>

export interface SubjectWriterOptions {
  readonly sets: SubjectWriter
  readonly gateways: Pick<ResourceClient<StoredIngressGateway>, 'mergePatch'>
  readonly cache: Gateways
}

/** Writes to the SidecarSet, or to the gateway: its own conditions stay. */
export function createSubjectWriter({
  sets,
  gateways,
  cache,
}: SubjectWriterOptions): SubjectWriter {
  return {
    mergePatch: async (ref, patch, options) => {
      if (!isGatewaySetName(ref.name)) return sets.mergePatch(ref, patch, options)
      const gateway = gatewayOf(cache, ref.name)
      if (gateway === undefined) throw new Error(`the gateway of ${ref.name} is gone`)
      const { name, namespace } = gateway.metadata
      // Of the version that the cache has, or refused: each patch names its version.
      const whole = withGatewayConditions(patch, gateway.status?.conditions)
      return setOfGateway(await gateways.mergePatch({ name, namespace }, whole, options))
    },
  }
}

/** Tells of a gateway what is told of the set that it amounts to. */
export function tellOfGateways(
  recorder: Pick<EventRecorder, 'event'>,
  cache: Gateways,
): Pick<EventRecorder, 'event'> {
  return {
    event: (about, ...what) => {
      recorder.event(gatewayBehind(about, cache) ?? about, ...what)
    },
  }
}

function gatewayBehind({ kind, metadata }: KubeObject, cache: Gateways): KubeObject | undefined {
  return kind === 'SidecarSet' && isGatewaySetName(metadata.name)
    ? gatewayOf(cache, metadata.name)
    : undefined
}
