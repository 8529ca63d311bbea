import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import { scopeText } from '../../cli/actions/scope.ts'
import type { Cluster } from '../../cli/cluster/cluster.ts'
import { podsOfInterception, readInterception } from '../../cli/interception/objects.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { ActPreview, Done, Seen } from '../wire.ts'
import { refuseStale } from './stale.ts'

export interface Switch {
  readonly namespace: string
  readonly app: string
  /** Wanted. */
  readonly on: boolean
}

export async function previewSwitch(cluster: Cluster, wish: Switch): Promise<ActPreview> {
  const notes: string[] = []
  const object = await read(cluster, wish)
  const pods = await podsOfInterception(cluster, object, notes)
  const scope = scopeText({ pods: pods.length, namespaces: pods.length === 0 ? 0 : 1 })
  const what = `switch the interception of ${wish.app} ${wordOf(wish)}: ${scope}`
  return { what, seen: seenOf(object), notes }
}

/** Errors: CliError `Stale` when somebody has changed it since the user saw it. */
export async function carryOutSwitch(cluster: Cluster, wish: Switch, seen: Seen): Promise<Done> {
  const object = await read(cluster, wish)
  const what = `switching ${wish.app} ${wordOf(wish)}`
  refuseStale(what, seen, seenOf(object))
  if (object.spec.enabled === wish.on) {
    return { changed: false, sentence: `${wish.app} is wanted ${wordOf(wish)} already` }
  }
  const { namespace, name, generation } = object.metadata
  const objects = cluster.client.resource(TRAFFIC_INTERCEPTIONS)
  try {
    await objects.jsonPatch({ namespace, name }, [
      { op: 'test', path: '/metadata/generation', value: generation },
      { op: 'replace', path: '/spec/enabled', value: wish.on },
    ])
  } catch (error) {
    if (!isApiError(error, 'Invalid', 'BadRequest', 'Conflict', 'Unknown')) throw error
    refuseStale(what, seen, seenOf(await read(cluster, wish)))
    throw error
  }
  return { changed: true, sentence: `${wish.app}: interception is switched ${wordOf(wish)}` }
}

function read(cluster: Cluster, { namespace, app }: Switch): Promise<StoredTrafficInterception> {
  return readInterception({ ...cluster, namespace }, app)
}

function seenOf({ metadata }: StoredTrafficInterception): Seen {
  return { generation: metadata.generation ?? 0, revision: '', step: 0 }
}

function wordOf({ on }: Switch): string {
  return on ? 'on' : 'off'
}
