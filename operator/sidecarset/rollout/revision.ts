import type { RevisionTemplate } from '../../../api/revision.ts'

/** One revision of a set, as its ControllerRevision keeps it. */
export interface Revision {
  readonly hash: string
  /** Name of the ControllerRevision. */
  readonly name: string
  /** Grows each time a template becomes the latest one, also when it comes back. */
  readonly number: number
  readonly template: RevisionTemplate
  /** See revisionHashWithoutImage in api/revision.ts. */
  readonly hashWithoutImage: string
}

/** Images of its containers. */
export function imagesOf({ template }: Revision): readonly string[] {
  const all = [...(template.initContainers ?? []), ...(template.containers ?? [])]
  return all.flatMap(({ image }) => image ?? [])
}
