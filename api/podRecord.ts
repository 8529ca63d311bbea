import { annotations } from './group.ts'
import { decodeJson, object, optional, array, record, string } from './decode.ts'

/** What the annotation `baton.dev/sidecarset-hash` records of one set, with OpenKruise's keys. */
const entry = object({
  updateTimestamp: string,
  hash: string,
  sidecarSetName: string,
  sidecarList: array(string),
  controllerRevision: optional(string),
})
const entries = record(entry)
export type PodRevisionEntry = ReturnType<typeof entry>
export type PodRevisions = ReturnType<typeof entries>

/** Sets injected into a pod, by name. An unreadable annotation counts as none. */
export function podRevisions(
  podAnnotations: Readonly<Record<string, string>> | undefined,
  key: typeof annotations.hash | typeof annotations.hashWithoutImage = annotations.hash,
): PodRevisions {
  const text = podAnnotations?.[key]
  if (text === undefined) return {}
  try {
    return decodeJson(entries, text, key)
  } catch {
    return {}
  }
}
