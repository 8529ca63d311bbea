import { API_VERSION } from '../api/group.ts'
import type { EventReason } from '../api/eventReasons.ts'
import type { StoredSidecarSet } from '../api/v1beta1/kinds.ts'
import type { KubeObject } from '../runtime/client/objects.ts'
import type { EventRecorder } from '../runtime/events/recorder.ts'
import type { Logger } from '../runtime/logging/logger.ts'
import type { InjectionReport } from './inject/inject.ts'
import type { Pod } from './inject/podTypes.ts'
import type { SkipReason } from './inject/skipReasons.ts'

/** What somebody asked for: no reason to warn. */
const INTENDED: readonly SkipReason[] = [
  'PodOptedOut',
  'NamespaceOptedOut',
  'InjectionPaused',
  'AlreadyInjected',
]

export interface Announcement {
  readonly pod: Pod
  readonly namespace: string
  readonly report: InjectionReport
  readonly sets: readonly StoredSidecarSet[]
}

/** Tells people of an injection: events for users, log lines for those who run Baton. */
export function createAnnouncer(
  recorder: Pick<EventRecorder, 'event'>,
  logger: Logger,
): (announcement: Announcement) => void {
  return ({ pod, namespace, report, sets }) => {
    const about = (set: string) => ownerOf(pod, namespace) ?? named(set, sets)
    const pods = { namespace, pod: pod.metadata?.name ?? pod.metadata?.generateName }
    for (const { set, revision, containers } of report.injected) {
      logger.info('pod injected', { ...pods, sidecarset: set, revision })
      const reason: EventReason = 'Injected'
      const message = `Injected ${containers.join(', ')} of SidecarSet ${set} (${revision}).`
      recorder.event(about(set), 'Normal', reason, message)
    }
    for (const warning of report.warnings) {
      const reason: EventReason = 'InjectionWarning'
      recorder.event(about(report.injected[0]?.set ?? ''), 'Warning', reason, warning)
    }
    for (const { set, reason, sentence } of report.skipped) {
      logger.info('injection skipped', { ...pods, sidecarset: set, reason })
      const type = INTENDED.includes(reason) ? 'Normal' : 'Warning'
      const event: EventReason = 'InjectionSkipped'
      recorder.event(about(set), type, event, `SidecarSet ${set}: ${reason}. ${sentence}`)
    }
  }
}

/** Sentences for whoever creates the pod; kubectl shows them. */
export function admissionWarnings(report: InjectionReport): readonly string[] {
  const skips = report.skipped.filter(({ reason }) => !INTENDED.includes(reason))
  return [
    ...skips.map(({ set, sentence }) => `SidecarSet ${set} is not injected. ${sentence}`),
    ...report.warnings,
  ]
}

/** A pod has no identity before it is stored, but whoever creates it for a workload has one. */
function ownerOf(pod: Pod, namespace: string): KubeObject | undefined {
  const owner = (pod.metadata?.ownerReferences ?? []).find(({ controller }) => controller === true)
  if (owner === undefined) return undefined
  const { apiVersion, kind, name, uid } = owner
  return { apiVersion, kind, metadata: { name, namespace, uid } }
}

function named(set: string, sets: readonly StoredSidecarSet[]): KubeObject {
  const found = sets.find(({ metadata }) => metadata.name === set)
  const metadata = found?.metadata ?? { name: set }
  return { apiVersion: API_VERSION, kind: 'SidecarSet', metadata }
}
