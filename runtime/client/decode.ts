import { errorOfStatus, readStatus } from '../transport/answer.ts'
import { ApiError } from '../transport/apiError.ts'
import { apiVersionOf } from './kinds.ts'
import type { ResourceKind } from './kinds.ts'
import type { KubeObject } from './objects.ts'
import type { WatchEvent } from './options.ts'

/*
 * The boundary between JSON and types. The API server validates every object against its schema, so
 * only the frame (metadata, lists, events) is checked here and the rest believed.
 */

/** An object of a kind. Items of a LIST lack apiVersion and kind: they get them. */
export function decodeObject<T extends KubeObject>(kind: ResourceKind<T>, json: unknown): T {
  if (!isRecord(json) || !isRecord(json['metadata'])) {
    throw badAnswer(`expected a ${kind.kind}, got ${JSON.stringify(json).slice(0, 100)}`)
  }
  // Nobody else has seen this object yet.
  json['apiVersion'] ??= apiVersionOf(kind)
  json['kind'] ??= kind.kind
  return json as unknown as T
}

/** One page of a list. */
export interface Page<T extends KubeObject> {
  readonly items: readonly T[]
  readonly resourceVersion: string
  /** '' on the last page. */
  readonly continueToken: string
}

export function decodePage<T extends KubeObject>(kind: ResourceKind<T>, json: unknown): Page<T> {
  const metadata = isRecord(json) ? json['metadata'] : undefined
  const items = isRecord(json) ? (json['items'] ?? []) : undefined
  if (!isRecord(metadata) || !Array.isArray(items)) {
    throw badAnswer(`expected a list of ${kind.plural}`)
  }
  return {
    items: items.map((item) => decodeObject(kind, item)),
    resourceVersion: stringOr(metadata['resourceVersion'], ''),
    continueToken: stringOr(metadata['continue'], ''),
  }
}

/** One event of a watch. @throws ApiError for an ERROR event: `Gone` means list again */
export function decodeEvent<T extends KubeObject>(
  kind: ResourceKind<T>,
  json: unknown,
): WatchEvent<T> {
  if (!isRecord(json)) throw badAnswer(`a watch of ${kind.plural} sent what is no event`)
  const { type, object } = json
  switch (type) {
    case 'ADDED':
    case 'MODIFIED':
    case 'DELETED':
      return { type, object: decodeObject(kind, object) }
    case 'BOOKMARK':
      return { type, resourceVersion: decodeObject(kind, object).metadata.resourceVersion ?? '' }
    case 'ERROR':
      throw errorOfStatus(`watch of ${kind.plural}`, readStatus(object) ?? {})
    default:
      throw badAnswer(`a watch of ${kind.plural} sent an event of type ${String(type)}`)
  }
}

function badAnswer(message: string): ApiError {
  return new ApiError({ code: 'BadAnswer', message })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

function stringOr(value: unknown, fallback: string): string {
  return typeof value === 'string' ? value : fallback
}
