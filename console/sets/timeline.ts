import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Event } from '../../runtime/client/kinds.ts'
import { CONSOLE_COMPONENT } from '../acts/recordAct.ts'
import type { TimelineEntry } from '../wire.ts'

const MOST = 60

/**
 * Who did what, the newest first: the last command with the user that admission wrote into it, who
 * wrote the spec, and the events. Pure.
 */
export function timelineOf(
  set: StoredSidecarSet,
  events: readonly Event[],
): readonly TimelineEntry[] {
  return [...commandEntries(set), ...writerEntries(set), ...events.map(eventEntry)]
    .filter(({ at }) => at !== '')
    .toSorted((left, right) => (left.at < right.at ? 1 : left.at > right.at ? -1 : 0))
    .slice(0, MOST)
}

function commandEntries({ status }: StoredSidecarSet): readonly TimelineEntry[] {
  const command = status?.lastCommand
  if (command === undefined) return []
  const { verb = 'command', by, at, outcome, message } = command
  const isAccepted = outcome === 'Accepted'
  // The time makes one command another; here each has its own.
  const told = message.replace(/ \(\d{4}-\d\d-\d\dT[\d:.]+Z\)/, '')
  return [
    {
      at,
      who: by ?? 'unknown',
      what: verb,
      sentence: isAccepted ? `asked for ${told}` : `${verb} was refused: ${told}`,
      tone: isAccepted ? 'plain' : 'warning',
    },
  ]
}

interface ManagedFields {
  readonly manager?: string
  readonly time?: string
  readonly subresource?: string
  readonly fieldsV1?: { readonly 'f:spec'?: object }
}

/** The API server keeps the program that wrote a spec, not the user: its audit log has that. */
function writerEntries({ metadata }: StoredSidecarSet): readonly TimelineEntry[] {
  const fields = (metadata.managedFields ?? []) as readonly ManagedFields[]
  return fields
    .filter(({ subresource, fieldsV1 }) => subresource === undefined && fieldsV1?.['f:spec'])
    .map(({ manager = 'unknown', time = '' }) => ({
      at: time,
      who: manager,
      what: 'spec',
      sentence: 'wrote the spec last',
      tone: 'plain',
    }))
}

function eventEntry(event: Event): TimelineEntry {
  const { reason = '', message = '', type, lastTimestamp, count = 1 } = event
  return {
    at: lastTimestamp ?? event.metadata.creationTimestamp ?? '',
    who: actorOf(event),
    what: reason,
    sentence: count > 1 ? `${message} (${count} times)` : message,
    tone: type === 'Warning' ? 'warning' : 'plain',
  }
}

/** The user whose act it tells, else the program. */
function actorOf({ reportingComponent, reportingInstance = '', source }: Event): string {
  const component = reportingComponent ?? source?.component ?? ''
  return component === CONSOLE_COMPONENT && reportingInstance !== '' ? reportingInstance : component
}
