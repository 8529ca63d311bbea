import type { EventReason } from '../../api/eventReasons.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { KubeObject } from '../../runtime/client/objects.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { ToggleOutcome, ToggleRecord } from './record.ts'

const EVENTS: Readonly<Record<ToggleOutcome, readonly ['Normal' | 'Warning', EventReason]>> = {
  enabled: ['Normal', 'InterceptionEnabled'],
  disabled: ['Normal', 'InterceptionDisabled'],
  bypassed: ['Warning', 'InterceptionBypassed'],
  failed: ['Warning', 'InterceptionFailed'],
}

/** Tells of a toggle that is over on the pod, on its owner, and on the object that asked for it. */
export function announce(
  recorder: Pick<EventRecorder, 'event'>,
  pod: Pod,
  record: ToggleRecord,
  object: StoredTrafficInterception | undefined,
): void {
  const [type, reason] = EVENTS[record.outcome]
  const cause = record.outcome === 'failed' ? `${record.reason}: ` : ''
  const sentence = `${cause}${record.sentence}`
  recorder.event(pod, type, reason, sentence)
  const about = [ownerOf(pod), object].filter((one) => one !== undefined)
  for (const one of about) {
    recorder.event(one, type, reason, `pod ${pod.metadata.name}: ${sentence}`)
  }
}

function ownerOf({ metadata }: Pod): KubeObject | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller === true)
  if (owner === undefined || metadata.namespace === undefined) return undefined
  const { apiVersion, kind, name, uid } = owner
  return { apiVersion, kind, metadata: { name, namespace: metadata.namespace, uid } }
}
