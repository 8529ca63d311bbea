import { jsonPointer } from '../../runtime/client/jsonPointer.ts'
import type { Ends, PodAdditions } from './podAdditions.ts'
import type { Pod } from './podTypes.ts'

/** The only operation of JSON Patch (RFC 6902) that injection needs. */
export interface AddOperation {
  readonly op: 'add'
  readonly path: string
  readonly value: unknown
}

/**
 * The smallest patch that makes the additions. Elements are added one by one, so that what other
 * webhooks do to the same lists is not undone.
 */
export function podPatch(
  pod: Pod,
  additions: PodAdditions,
  annotations: Readonly<Record<string, string>>,
): readonly AddOperation[] {
  const { spec } = pod
  return [
    ...annotate(pod.metadata?.annotations, annotations),
    ...extend('/spec/volumes', spec?.volumes, { first: [], last: additions.volumes }),
    ...extend('/spec/imagePullSecrets', spec?.imagePullSecrets, {
      first: [],
      last: additions.imagePullSecrets,
    }),
    ...extend('/spec/initContainers', spec?.initContainers, additions.initContainers),
    ...extend('/spec/containers', spec?.containers, additions.containers),
  ]
}

function annotate(
  existing: Readonly<Record<string, string>> | undefined,
  added: Readonly<Record<string, string>>,
): readonly AddOperation[] {
  if (existing === undefined) return [{ op: 'add', path: '/metadata/annotations', value: added }]
  return Object.entries(added).map(([key, value]) => ({
    op: 'add',
    path: jsonPointer('metadata', 'annotations', key),
    value,
  }))
}

function extend<T>(
  path: string,
  existing: readonly T[] | undefined,
  { first, last }: Ends<T>,
): readonly AddOperation[] {
  if (first.length + last.length === 0) return []
  if (existing === undefined) return [{ op: 'add', path, value: [...first, ...last] }]
  return [
    ...first.map((value, index) => ({ op: 'add' as const, path: `${path}/${index}`, value })),
    ...last.map((value) => ({ op: 'add' as const, path: `${path}/-`, value })),
  ]
}
