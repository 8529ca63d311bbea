import type { Event } from '../client/kinds.ts'
import type { KubeObject } from '../client/objects.ts'

export type EventType = 'Normal' | 'Warning'

/** Who says it. */
export interface EventReporter {
  readonly component: string
  readonly instance: string
}

/** Something that happened, once or several times. */
export interface Occurrence {
  readonly about: KubeObject
  readonly type: EventType
  readonly reason: string
  readonly message: string
  readonly count: number
  readonly firstMs: number
  readonly lastMs: number
}

/** Occurrences with the same key are one Event with a count. */
export function correlationKey(o: Omit<Occurrence, 'count' | 'firstMs' | 'lastMs'>): string {
  return JSON.stringify([identityOf(o.about), o.type, o.reason, o.message])
}

/** The object an event is about: a namesake that came later is another. */
export function identityOf(about: KubeObject): string {
  const { uid, namespace, name } = about.metadata
  return [about.kind, namespace, name, uid].join('/')
}

/** No more of the object than its event names: it may wait long, and the object may be large. */
export function identified({ apiVersion, kind, metadata }: KubeObject): KubeObject {
  const { name, namespace, uid, resourceVersion } = metadata
  return {
    ...(apiVersion === undefined ? {} : { apiVersion }),
    ...(kind === undefined ? {} : { kind }),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
  }
}

/** Events of cluster-scoped objects live where kubectl looks for them. */
export function namespaceOf(about: KubeObject): string {
  return about.metadata.namespace ?? 'default'
}

/** Validation cuts at 1,024 bytes. */
const longestMessageChars = 1000
/** 253 is the most for a name; the rest is ours. */
const longestNameChars = 200

/** The Event (core/v1, which `kubectl describe` shows with its count) for an occurrence. */
export function eventObject(
  occurrence: Occurrence,
  reporter: EventReporter,
  suffix: string,
): Event {
  const { about, type, reason, message, count, firstMs, lastMs } = occurrence
  const { name, uid, resourceVersion, namespace } = about.metadata
  return {
    metadata: {
      name: `${name.slice(0, longestNameChars)}.${suffix}`,
      namespace: namespaceOf(about),
    },
    involvedObject: {
      ...(about.apiVersion === undefined ? {} : { apiVersion: about.apiVersion }),
      ...(about.kind === undefined ? {} : { kind: about.kind }),
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(resourceVersion === undefined ? {} : { resourceVersion }),
    },
    type,
    reason,
    message: message.slice(0, longestMessageChars),
    source: { component: reporter.component },
    reportingComponent: reporter.component,
    reportingInstance: reporter.instance,
    count,
    firstTimestamp: wholeSeconds(firstMs),
    lastTimestamp: wholeSeconds(lastMs),
  }
}

/** metav1.Time is written without a fraction. */
export function wholeSeconds(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
