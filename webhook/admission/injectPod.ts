import type { StoredSidecarSet, StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Informer } from '../../runtime/cache/informer.ts'
import type { Namespace } from '../../runtime/client/kinds.ts'
import type { ResourceClient } from '../../runtime/client/resource.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { AdmissionHandler } from '../../runtime/webhookserver/admission.ts'
import { allow } from '../../runtime/webhookserver/admission.ts'
import type { Announcement } from '../announce.ts'
import { admissionWarnings } from '../announce.ts'
import type { InjectionReport } from '../inject/inject.ts'
import { inject } from '../inject/inject.ts'
import type { Pod, PodNamespace } from '../inject/podTypes.ts'
import { selectsPod } from '../inject/selection.ts'
import type { WantedInterception } from '../inject/interception.ts'
import { interceptionForNewPod } from './interceptionForNewPods.ts'
import { podOf } from './requestObject.ts'
import type { NewPodRevision, RevisionOptions } from './revisionForNewPods.ts'
import { revisionForNewPods } from './revisionForNewPods.ts'

export interface InjectPodOptions {
  readonly agentImage: string
  readonly caches: {
    readonly sets: Pick<Informer<StoredSidecarSet>, 'list' | 'hasSynced'>
    readonly namespaces: Pick<Informer<Namespace>, 'get' | 'hasSynced'>
    /** Indexed by `namespace`. */
    readonly interceptions: Pick<Informer<StoredTrafficInterception>, 'byIndex' | 'hasSynced'>
  }
  /** For what the caches have not heard of yet. */
  readonly live: {
    readonly sets: Pick<ResourceClient<StoredSidecarSet>, 'list'>
    readonly namespaces: Pick<ResourceClient<Namespace>, 'find'>
  }
  /** Which revision a pod gets. */
  readonly revisions: RevisionOptions
  readonly clock: Pick<Clock, 'now'>
  readonly announce: (announcement: Announcement) => void
  readonly count: (report: InjectionReport) => void
}

/** Injects all sets that select a pod when it is created. */
export function createInjectPod(options: InjectPodOptions): AdmissionHandler {
  const { agentImage, caches, clock, announce, count } = options
  return async (request, signal) => {
    if (request.operation !== 'CREATE') return allow()
    const pod = podOf(request.object)
    const { sets: setCache, namespaces, interceptions } = caches
    if (![setCache, namespaces, interceptions].every((cache) => cache.hasSynced())) {
      throw new Error(
        'the caches of SidecarSets, namespaces and TrafficInterceptions are not filled yet',
      )
    }
    const namespace = await namespaceOf(request.namespace, options, signal)
    const sets = await setsFor(pod, namespace, options, signal)
    const objects = interceptions.byIndex('namespace', request.namespace)
    const wantedInterception: WantedInterception = (injected) =>
      interceptionForNewPod(injected, request.namespace, objects)
    const context = { agentImage, nowMs: clock.now(), namespace, wantedInterception }
    const revisions = await Promise.all(
      sets.map((set) => revisionForNewPods(set, pod, options.revisions, signal)),
    )
    const injectables = revisions.map(({ injectable }) => injectable)
    const injection = inject(pod, injectables, context)
    const report = newsOf(withWarnings(injection.report, revisions))
    // A dry run must have no effect but its answer.
    if (!request.dryRun) {
      announce({ pod, namespace: request.namespace, report, sets })
      count(report)
    }
    return allow({ patch: injection.patch, warnings: admissionWarnings(report) })
  }
}

/**
 * A pod that several sets select is sent here once for each, and all of them are injected the first
 * time. What was skipped then is skipped again, which nobody needs to be told.
 */
function newsOf(report: InjectionReport): InjectionReport {
  const again = report.skipped.some(({ reason }) => reason === 'AlreadyInjected')
  return again ? { ...report, skipped: [], warnings: [] } : report
}

async function namespaceOf(
  name: string,
  { caches, live }: InjectPodOptions,
  signal: AbortSignal,
): Promise<PodNamespace> {
  const found = caches.namespaces.get(name) ?? (await live.namespaces.find({ name }, { signal }))
  const { labels = {}, annotations = {} } = found?.metadata ?? {}
  return { name, labels, annotations }
}

/**
 * The API server sends only pods that some set selects. So when none does, the cache may be behind,
 * and a pod that is let through is not injected later: the API server is asked itself.
 */
async function setsFor(
  pod: Pod,
  namespace: PodNamespace,
  { caches, live }: InjectPodOptions,
  signal: AbortSignal,
): Promise<readonly StoredSidecarSet[]> {
  const selecting = (sets: readonly StoredSidecarSet[]) =>
    sets.filter(
      (set) => set.metadata.deletionTimestamp === undefined && selectsPod(set, pod, namespace),
    )
  const cached = selecting(caches.sets.list())
  return cached.length > 0 ? cached : selecting((await live.sets.list({ signal })).items)
}

/** Of sets that are not injected nobody needs to know which revision it would have been. */
function withWarnings(
  report: InjectionReport,
  revisions: readonly NewPodRevision[],
): InjectionReport {
  const injected = new Set(report.injected.map(({ set }) => set))
  const added = revisions.flatMap(({ injectable, warning }) =>
    warning !== undefined && injected.has(injectable.set.metadata.name ?? '') ? [warning] : [],
  )
  return { ...report, warnings: [...added, ...report.warnings] }
}
