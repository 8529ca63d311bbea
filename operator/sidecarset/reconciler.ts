import type { HandoverStatus } from '../../api/agentStatus.ts'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type { HandoverTotals } from '../../api/v1beta1/sidecarset.ts'
import type { Client } from '../../runtime/client/client.ts'
import { CONTROLLER_REVISIONS, PODS } from '../../runtime/client/kinds.ts'
import { keyOf } from '../../runtime/client/objects.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Reconcile } from '../../runtime/controller/controller.ts'
import { createExpectations } from '../../runtime/controller/expectations.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { INJECTION_CONFIGURATION } from '../webhookconfiguration/manifests.ts'
import type { SidecarSetMetrics } from '../metrics.ts'
import { announce } from './announce.ts'
import { agentsInPlay, askAgents } from './askAgents.ts'
import { podsOf } from './caches.ts'
import type { Caches } from './caches.ts'
import { eachLimited } from './eachLimited.ts'
import { planWithAgents } from './planWithAgents.ts'
import type { Prefetcher } from './prefetch/prefetcher.ts'
import { ensureRevisions } from './revisions/ensureRevisions.ts'
import { hasMoved } from './rollout/handoverSentence.ts'
import type { RolloutInput, RolloutPlan } from './rollout/plan.ts'
import type { PodView } from './rollout/podView.ts'
import type { Revision } from './rollout/revision.ts'
import { NO_HANDOVERS, addTotals, totalsOf } from './status/handoverTotals.ts'
import { injectionObstacle } from './status/injectionObstacle.ts'
import { nextStatus, rememberedFailure } from './status/nextStatus.ts'
import { transitionEvents } from './status/transitions.ts'
import { writeStatus } from './status/writeStatus.ts'
import { createPodBackoff } from './write/podBackoff.ts'
import { createPodWriter } from './write/podWriter.ts'
import type { WritingDecision } from './write/podWriter.ts'

export interface ReconcilerOptions {
  readonly client: Client
  readonly caches: Caches
  readonly agents: AgentClient
  readonly prefetcher: Prefetcher
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly metrics: SidecarSetMetrics
  /** The operator's namespace. */
  readonly namespace: string
  readonly clock: Clock
  readonly logger: Logger
  /** Between two looks at the agents of pods in flight. Defaults to 300. */
  readonly pollMs?: number
}

/** Pods written at the same time. */
const WRITES_AT_A_TIME = 8
/** The cache is behind what was written: it will be told of any moment. */
const CACHE_LAG_MS = 50
const CONFLICT_MS = 100
/** Deadlines that no event announces are looked at this often while something is going on. */
const BUSY_MS = 5_000

/** Brings the pods of one SidecarSet forward by one step, and tells of it in the set's status. */
export function createReconciler(options: ReconcilerOptions): Reconcile {
  const { client, caches, agents, prefetcher, recorder, metrics, namespace, clock } = options
  const sets = client.resource(SIDECAR_SETS)
  const revisionResource = client.resource(CONTROLLER_REVISIONS)
  const writePod = createPodWriter({ pods: client.resource(PODS), clock })
  const written = createExpectations({ clock })
  const writtenSets = createExpectations({ clock })
  const backoff = createPodBackoff(clock)
  /** Handovers recorded since the set's status was written last. Lost with the process, no more. */
  const totals = new Map<string, HandoverTotals>()

  return async (key, signal) => {
    const set = caches.sets.get(key)
    if (set === undefined) {
      totals.delete(key)
      writtenSets.forget(key)
      metrics.remove(key)
      return
    }
    if (set.metadata.deletionTimestamp !== undefined) return
    const pods = podsOf(caches, set)
    const behind = pods.some((pod) => !written.satisfied(keyOf(pod), pod))
    if (behind || !writtenSets.satisfied(key, set)) return { requeueAfterMs: CACHE_LAG_MS }

    const revisions = await ensureRevisions({
      resource: revisionResource,
      set,
      existing: caches.revisions.byIndex('set', key),
      pods,
      namespace,
      signal,
    })
    // The cache has not seen the new revision yet; numbers would be wrong.
    if (revisions.write !== undefined) return { requeueAfterMs: CACHE_LAG_MS }

    const strategy = applyDefaults(set.spec).updateStrategy
    const ask = (views: readonly PodView[]) => askAgents(agents, views, signal)
    const latest = revisions.latest.hash
    const inPlay = agentsInPlay({ pods, set: key, latest, now: clock.now() })
    const input: RolloutInput = {
      set: { name: key, strategy, failedRevision: rememberedFailure(set) },
      revisions: {
        latest: revisions.latest,
        current: revisions.known.get(set.status?.currentRevision ?? ''),
      },
      pods,
      agents: await ask(inPlay),
      imageState: (node, image) => prefetcher.state(set, node, image),
      unwritable: backoff.blocked(pods.map(keyOf)),
      now: clock.now(),
    }
    const plan = await planWithAgents(input, ask)
    metrics.summary(key, plan.summary)
    // The failure must outlive the pod that failed, so it is written down before pods are swapped.
    const failureIsNew = plan.summary.rollback && rememberedFailure(set) !== latest
    const conflicts = failureIsNew ? 0 : await carryOut(set, plan, signal)
    await tell(set, revisions.latest, plan, signal)
    await prefetcher.ensure(set, plan.wantedImages, signal)
    return requeue(plan, conflicts > 0 || failureIsNew)
  }

  /** Writes what was decided; one pod that cannot be written does not stop the others. */
  async function carryOut(
    set: StoredSidecarSet,
    plan: RolloutPlan,
    signal: AbortSignal,
  ): Promise<number> {
    let conflicts = 0
    const writes = plan.decisions.filter((one): one is WritingDecision => one.kind !== 'none')
    await eachLimited(writes, WRITES_AT_A_TIME, async (decision) => {
      const { key } = decision.view
      try {
        const pod = await writePod(set.metadata.name, decision, signal)
        written.expect(key, pod.metadata.resourceVersion ?? '')
        backoff.forget(key)
        done(set, decision)
      } catch (error) {
        if (signal.aborted) throw error
        if (isApiError(error, 'NotFound')) backoff.forget(key)
        else if (isApiError(error, 'Conflict')) conflicts += 1
        else refused(set, decision, error)
      }
    })
    return conflicts
  }

  function done(set: StoredSidecarSet, decision: WritingDecision): void {
    const { name } = set.metadata
    options.logger.info('pod written', { set: name, pod: decision.view.key, what: decision.kind })
    if (decision.kind === 'recordResult') {
      const { result, handovers } = decision
      metrics.result(name, result.outcome)
      count(name, result.outcome, handovers)
    }
    // The hot containers are through; the result that follows tells of the cold ones alone.
    if (decision.kind === 'startCold') count(name, 'settled', decision.handovers)
    announce(recorder, set, decision)
  }

  function count(
    name: string,
    outcome: 'settled' | 'failed',
    handovers: readonly HandoverStatus[],
  ): void {
    metrics.handovers(name, handovers.filter(hasMoved))
    totals.set(name, addTotals(totals.get(name) ?? NO_HANDOVERS, totalsOf(outcome, handovers)))
  }

  function refused(set: StoredSidecarSet, decision: WritingDecision, error: unknown): void {
    const { key } = decision.view
    const retryAfterMs = backoff.refused(key)
    const fields = { set: set.metadata.name, pod: key, what: decision.kind, retryAfterMs, error }
    options.logger.warn('pod cannot be written', fields)
  }

  async function tell(
    set: StoredSidecarSet,
    latest: Revision,
    plan: RolloutPlan,
    signal: AbortSignal,
  ): Promise<void> {
    const { name } = set.metadata
    const added = totals.get(name) ?? NO_HANDOVERS
    const configuration = caches.injection.get(INJECTION_CONFIGURATION)
    const next = nextStatus({
      set,
      latest,
      summary: plan.summary,
      injectionObstacle: injectionObstacle(set, configuration, namespace),
      added,
      now: clock.now(),
    })
    const after = await writeStatus(sets, set, next, signal)
    if (after === undefined) return
    totals.delete(name)
    writtenSets.expect(name, after.metadata.resourceVersion ?? '')
    for (const { type, reason, message } of transitionEvents(set.status, next)) {
      recorder.event(set, type, reason, message)
    }
  }

  function requeue(plan: RolloutPlan, soon: boolean): { readonly requeueAfterMs?: number } {
    const { decisions, summary } = plan
    const handsOver = decisions.some(
      (one) => one.view.stage === 'inFlight' && one.view.state?.step === 'hot',
    )
    if (soon) return { requeueAfterMs: CONFLICT_MS }
    if (handsOver || decisions.some((one) => one.kind !== 'none')) {
      return { requeueAfterMs: options.pollMs ?? 300 }
    }
    const blocked = decisions.some((one) => one.kind === 'none' && one.reason === 'WriteFailed')
    if (blocked) return { requeueAfterMs: 1_000 }
    return summary.upgrading + summary.waiting > 0 ? { requeueAfterMs: BUSY_MS } : {}
  }
}
