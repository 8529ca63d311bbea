import { createHash } from 'node:crypto'
import { canonicalJson } from '../../api/canonicalJson.ts'
import { GROUP } from '../../api/group.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import type { Applicable } from '../../runtime/client/options.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import { holds } from './holds.ts'
import { isOwnedBy } from './ownedMetadata.ts'
import type { GatewayObstacle } from './view.ts'

/** Owns the fields that gateways give, so that others' are told from them. */
const FIELD_MANAGER = 'baton-gateway'

export interface Owned<T extends KubeObject> {
  /** As it is now; undefined when there is none of the gateway's own. */
  readonly object: T | undefined
  readonly obstacle?: GatewayObstacle
  readonly isWritten: boolean
}

export interface WriteOwnedOptions<T extends KubeObject> {
  readonly gateway: StoredIngressGateway
  readonly resource: Pick<ResourceClient<T>, 'apply' | 'find' | 'kind'>
  readonly cache: Pick<Informer<T>, 'get'>
  /** What is wanted, by what is there; a sentence when it cannot be. */
  readonly want: (existing: T | undefined) => Applicable<T> | string
  readonly signal: AbortSignal
}

/**
 * Brings an object of the gateway's name to what is wanted, if it is the gateway's: one that is
 * somebody else's is never touched. Errors: ApiError.
 */
export async function writeOwned<T extends KubeObject>(
  options: WriteOwnedOptions<T>,
): Promise<Owned<T>> {
  const { gateway, resource, cache, want, signal } = options
  const { name, namespace } = gateway.metadata
  // One that is somebody else's, or that has lost its label, is not in the cache.
  const existing =
    cache.get(keyOf(gateway)) ?? (await resource.find({ name, namespace }, { signal }))
  if (existing !== undefined && !isOwnedBy(gateway, existing)) {
    return { object: undefined, isWritten: false, obstacle: taken(gateway, resource.kind.kind) }
  }
  const wanted = want(existing)
  if (typeof wanted === 'string') {
    const obstacle = { reason: 'TemplateRefused', sentence: wanted } as const
    return { object: existing, isWritten: false, obstacle }
  }
  const marked = withMark(wanted)
  if (existing !== undefined && holds(existing, marked)) {
    return { object: existing, isWritten: false }
  }
  try {
    const object = await resource.apply(guarded(marked, existing), {
      fieldManager: FIELD_MANAGER,
      // Whoever made one in the meantime keeps it: the API server names the fields in conflict.
      force: existing !== undefined,
      signal,
    })
    return { object, isWritten: true }
  } catch (error) {
    if (!isApiError(error, 'Invalid', 'Forbidden', 'BadRequest')) throw error
    const sentence = `${resource.kind.kind} ${name} cannot be written: ${error.message}`
    return { object: existing, isWritten: false, obstacle: { reason: 'WriteRefused', sentence } }
  }
}

/** On what a gateway owns: digest of what was applied. */
const APPLIED_ANNOTATION = `${GROUP}/gateway-applied`

/**
 * With a mark that changes whenever anything does: what is not wanted any more is still there, and
 * only another apply takes it away.
 */
function withMark<T extends KubeObject>(wanted: Applicable<T>): Applicable<T> {
  const digest = createHash('sha256').update(canonicalJson(wanted)).digest('hex').slice(0, 10)
  const { metadata } = wanted
  const annotations = { ...metadata.annotations, [APPLIED_ANNOTATION]: digest }
  return { ...wanted, metadata: { ...metadata, annotations } }
}

/** Of the very object that was looked at, not of a namesake that came after it. */
function guarded<T extends KubeObject>(
  wanted: Applicable<T>,
  existing: T | undefined,
): Applicable<T> {
  const uid = existing?.metadata.uid
  return uid === undefined ? wanted : { ...wanted, metadata: { ...wanted.metadata, uid } }
}

function taken({ metadata }: StoredIngressGateway, kind: string): GatewayObstacle {
  const { name, namespace } = metadata
  return {
    reason: 'NameTaken',
    sentence: `there is a ${kind} ${name} in ${namespace} that is not this gateway's, and it is left alone: delete it, or give the gateway another name`,
  }
}
