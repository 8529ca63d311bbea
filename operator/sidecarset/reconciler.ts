import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import { isGatewaySetName } from '../../api/gateway/subject.ts'
import { INGRESS_GATEWAYS, SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { Client } from '../../runtime/client/client.ts'
import { CONTROLLER_REVISIONS, PODS } from '../../runtime/client/kinds.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Reconcile } from '../../runtime/controller/controller.ts'
import { createExpectations } from '../../runtime/controller/expectations.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { createSubjectWriter } from '../gateway/subjects.ts'
import { sweep } from '../gateway/sweep.ts'
import type { SidecarSetMetrics } from '../metrics.ts'
import { annotations } from '../../api/group.ts'
import type { Analyses } from './analysis/analyses.ts'
import type { AgentWatch } from './agentWatch.ts'
import { askAgents, isHandingOver } from './askAgents.ts'
import { createCarrier } from './carryOut.ts'
import type { Caches } from './caches.ts'
import { createCensus } from './census/census.ts'
import { isRetry } from './canary/obey.ts'
import { createHolding } from './holding.ts'
import { BUSY_MS, isUpgrading, nextLook, POLL_MS, SOON_MS } from './nextLook.ts'
import { planWithAgents } from './planWithAgents.ts'
import type { Prefetcher } from './prefetch/prefetcher.ts'
import { createResizeMemory } from './resize/resizeMemory.ts'
import { ensureRevisions } from './revisions/ensureRevisions.ts'
import { readRevisions } from './revisions/planRevisions.ts'
import { finishInFlight } from './rollout/finishInFlight.ts'
import type { RolloutInput } from './rollout/plan.ts'
import type { PodView } from './rollout/podView.ts'
import { createPodViews } from './rollout/podViews.ts'
import { imagesOf } from './rollout/revision.ts'
import { createTelling } from './telling.ts'
import { createUpgradableTeller } from './tellUpgradable.ts'
import { createPodBackoff } from './write/podBackoff.ts'
import { createPodWriter } from './write/podWriter.ts'
import { createUnknownWrites } from './write/unknownWrites.ts'

export interface ReconcilerOptions {
  readonly client: Client
  readonly caches: Caches
  readonly agents: AgentClient
  readonly watch: AgentWatch
  readonly prefetcher: Prefetcher
  readonly analyses: Analyses
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly metrics: SidecarSetMetrics
  /** The operator's namespace. */
  readonly namespace: string
  readonly clock: Clock
  readonly logger: Logger
  /** Between two looks at what no event tells of. Defaults to 300. */
  readonly pollMs?: number
  /** Pods written at the same time. Defaults to 16. */
  readonly podsAtATime?: number
}

/** Is the failure of the revision written down, with why? */
function knowsFailure({ status }: StoredSidecarSet, revision: string): boolean {
  return status?.failedRevision === revision && status.rollout?.failure !== undefined
}

/** The cache is behind what was written: it will be told of any moment. */
const CACHE_LAG_MS = 50

/** Brings the pods of one SidecarSet forward by one step, and tells of it in the set's status. */
export function createReconciler(options: ReconcilerOptions): Reconcile {
  const { client, caches, agents, watch, prefetcher, metrics, namespace, clock } = options
  const { analyses, pollMs = POLL_MS } = options
  const sets = createSubjectWriter({
    sets: client.resource(SIDECAR_SETS),
    gateways: client.resource(INGRESS_GATEWAYS),
    cache: caches.gateways,
  })
  const podResource = client.resource(PODS)
  const revisionResource = client.resource(CONTROLLER_REVISIONS)
  const written = createExpectations({ clock })
  const writtenSets = createExpectations({ clock })
  const backoff = createPodBackoff(clock)
  const resizes = createResizeMemory(clock)
  const writePod = createPodWriter({ pods: podResource, clock })
  const unknown = createUnknownWrites({ pods: podResource, written, backoff, clock })
  const carrier = createCarrier({ ...options, writePod, written, backoff, unknown, resizes })
  const viewOf = createPodViews()
  const census = createCensus({ caches, viewOf })
  const tellUpgradable = createUpgradableTeller({ ...options, backoff, written })
  const ownSets = { ...options, sets, written: writtenSets }
  const holding = createHolding(ownSets)
  const telling = createTelling({ ...ownSets, carrier })

  return async (key, signal) => {
    try {
      return await look(key, signal)
    } catch (error) {
      const isPassing = signal.aborted || isApiError(error, 'Conflict')
      const set = caches.subjects.get(key)
      const isThere = set !== undefined && set.metadata.deletionTimestamp === undefined
      if (isThere && !isPassing) await telling.tellFailure(set, error, signal)
      throw error
    }
  }

  async function look(key: string, signal: AbortSignal): ReturnType<Reconcile> {
    await unknown.settle(signal)
    const set = caches.subjects.get(key)
    const isBehind = isCacheBehind() || (set !== undefined && !writtenSets.satisfied(key, set))
    if (isBehind) return { requeueAfterMs: CACHE_LAG_MS }
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) {
      return finish(key, set, signal)
    }
    const revisions = await ensureRevisions({
      resource: revisionResource,
      set,
      existing: caches.revisions.byIndex('set', key),
      pods: () => caches.pods.byIndex('set', key),
      namespace,
      isRetry: (revision) => isRetry(set, revision),
      signal,
    })
    // The cache has not seen the new revision yet; numbers would be wrong.
    if (revisions.write !== undefined) return { requeueAfterMs: CACHE_LAG_MS }

    const strategy = applyDefaults(set.spec).updateStrategy
    const ask = (views: readonly PodView[]) => askAgents(agents, views, signal)
    const latest = revisions.latest.hash
    const { restless, settled, leaving } = census.take(set, revisions.latest)
    const viewsOf = (pods: readonly Pod[]) => pods.flatMap((pod) => viewOf(pod, key) ?? [])
    const handingOver = viewsOf([...restless, ...leaving]).filter(isHandingOver)
    const current = revisions.known.get(set.status?.currentRevision ?? '')
    const answers = watch.follow(key, handingOver)
    const analysis = await analyses.look({
      ...{ set: key, strategy, latest: revisions.latest, current, ask },
      views: () => [...viewsOf(restless), ...settled.views()],
      ...{ status: set.status ?? {}, asked: handingOver, agents: answers },
    })
    const input: RolloutInput = {
      set: {
        name: key,
        strategy,
        status: set.status ?? {},
        command: set.metadata.annotations?.[annotations.rolloutCommand],
      },
      verdicts: analysis.verdicts,
      revisions: {
        latest: revisions.latest,
        current,
        known: revisions.known,
      },
      pods: restless,
      settled,
      leaving,
      agents: answers,
      imageState: prefetcher.look(set),
      unwritable: backoff.blocked(),
      open: unknown.open((pod) => caches.pods.get(pod)),
      refusal: (podKey) => backoff.why(podKey),
      resizes: resizes.notes(),
      viewOf,
      now: clock.now(),
    }
    const plan = await planWithAgents(input, ask)
    const isNeeded = plan.decisions.some(isUpgrading)
    if (isNeeded && (await holding.hold(set, signal))) {
      return { requeueAfterMs: CACHE_LAG_MS }
    }
    metrics.look(key, plan, strategy)
    // The failure must outlive the pod that failed, so it is written down before pods are swapped.
    const failureIsNew = plan.progress?.failure !== undefined && !knowsFailure(set, latest)
    const isUnfinishedRound =
      failureIsNew || (await carrier.carryOut({ name: key, set }, plan.decisions, signal))
    const isLeft = await tellUpgradable(key, plan.decisions, signal)
    const told = await telling.tell({ set, latest: revisions.latest, plan, analysis }, signal)
    const images = plan.summary.complete ? [] : imagesOf(plan.summary.target)
    await prefetcher.ensure(set, plan.wantedImages, new Set(images), signal)
    if (!isNeeded && told.kind === 'same') await holding.release(set, signal)
    const now = clock.now()
    const dueAt = Math.min(analysis.nextAt ?? Infinity, told.dueAt)
    return nextLook({ plan, isUnfinished: isUnfinishedRound, isLeft, dueAt, pollMs, now })
  }

  /** A set that goes, or is gone: what was begun in its pods is brought to its end. */
  async function finish(
    name: string,
    set: StoredSidecarSet | undefined,
    signal: AbortSignal,
  ): ReturnType<Reconcile> {
    const pods = caches.pods.byIndex('set', name)
    const { updateStrategy: strategy } = applyDefaults(set?.spec ?? { selector: {} })
    const views = pods.flatMap((pod) => viewOf(pod, name) ?? [])
    const revisions = readRevisions(name, caches.revisions.byIndex('set', name))
    const decisions = finishInFlight(pods, name, {
      strategy,
      known: new Map(revisions.map((one) => [one.hash, one])),
      agents: watch.follow(name, views.filter(isHandingOver)),
      unwritable: backoff.blocked(),
      resizes: resizes.notes(),
      viewOf,
      now: clock.now(),
    })
    const isUnfinishedRound = await carrier.carryOut({ name, set }, decisions, signal)
    const deleted = Date.parse(set?.metadata.deletionTimestamp ?? '')
    const isLate = clock.now() > deleted + strategy.progressDeadlineSeconds * 1000
    if (set !== undefined && (decisions.length === 0 || isLate)) {
      await holding.release(set, signal)
    }
    if (set === undefined && decisions.length === 0) {
      carrier.forgetTotals(name)
      telling.forget(name)
      census.forget(name)
      writtenSets.forget(name)
      metrics.remove(name)
      analyses.forget(name)
      if (isGatewaySetName(name)) await sweepAfter(name, signal)
    }
    if (decisions.length === 0) return {}
    if (isUnfinishedRound) return { requeueAfterMs: SOON_MS }
    const isQuick = decisions.some((one) => one.kind !== 'none' || isHandingOver(one.view))
    return { requeueAfterMs: isQuick ? pollMs : BUSY_MS }
  }

  function sweepAfter(name: string, signal: AbortSignal): Promise<void> {
    const left = {
      revisions: caches.revisions.byIndex('set', name),
      prefetchPods: caches.pods.byIndex('prefetch', name),
    }
    return sweep({ revisions: revisionResource, pods: podResource, left, signal })
  }

  /** Is what was written not in the cache yet? Only pods are asked that were written lately. */
  function isCacheBehind(): boolean {
    for (const key of written.pending()) {
      const pod = caches.pods.get(key)
      // It is gone: nothing will be heard of it.
      if (pod === undefined) written.forget(key)
      else if (!written.satisfied(key, pod)) return true
    }
    return false
  }
}
