import { CUSTOM_VERSION_LABEL } from '../../api/revision.ts'
import { podRevisions } from '../../api/podRecord.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { StoredRevisions } from '../actions/readRevisions.ts'
import { integer, list, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'

export const revisionShape = object('One of them.', {
  number: integer('Grows each time a template becomes the latest one.'),
  revision: text('Its hash.'),
  roles: list(
    'What it is now.',
    oneOf(
      'Latest: of the spec. Current: the last one that every pod got.',
      'Latest',
      'Current',
      'Failed',
    ),
  ),
  version: optional(text('spec.customVersion of its author.')),
  created: optional(text('When it was kept first, RFC 3339.')),
  images: list('name=image of its containers.', text('One of them.')),
  pods: integer('Pods that have it.'),
})

export type RevisionRow = ShapeOf<typeof revisionShape>

/** The revisions of a set, newest first, and how many of the pods have each. */
export function revisionRows(
  { metadata, status }: StoredSidecarSet,
  { known, latest, current, objects }: StoredRevisions,
  pods: readonly Pod[],
): readonly RevisionRow[] {
  const inPods = pods.map((pod) => podRevisions(pod.metadata.annotations)[metadata.name]?.hash)
  return known.map(({ hash, number, name: objectName, template }) => {
    const kept = objects.find((one) => one.metadata.name === objectName)
    const version = kept?.metadata.labels?.[CUSTOM_VERSION_LABEL]
    const created = kept?.metadata.creationTimestamp
    const containers = [...(template.initContainers ?? []), ...(template.containers ?? [])]
    return {
      number,
      revision: hash,
      roles: [
        ...(hash === latest.hash ? (['Latest'] as const) : []),
        ...(hash === current ? (['Current'] as const) : []),
        ...(hash === status?.failedRevision ? (['Failed'] as const) : []),
      ],
      ...(version === undefined ? {} : { version }),
      ...(created === undefined ? {} : { created }),
      images: containers.map(({ name, image = '' }) => `${name}=${image}`),
      pods: inPods.filter((one) => one === hash).length,
    }
  })
}
