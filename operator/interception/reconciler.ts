import type { AgentStatus } from '../../api/agentStatus.ts'
import { defaultInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import { TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { Client } from '../../runtime/client/client.ts'
import { PODS } from '../../runtime/client/kinds.ts'
import { keyOf, refOf } from '../../runtime/client/objects.ts'
import type { Clock } from '../../runtime/clock/clock.ts'
import type { Reconcile } from '../../runtime/controller/controller.ts'
import { createExpectations } from '../../runtime/controller/expectations.ts'
import type { EventRecorder } from '../../runtime/events/recorder.ts'
import type { Logger } from '../../runtime/logging/logger.ts'
import { isApiError } from '../../runtime/transport/apiError.ts'
import type { AgentClient } from '../agentclient/agentClient.ts'
import { eachLimited } from '../sidecarset/eachLimited.ts'
import { createPodBackoff } from '../sidecarset/write/podBackoff.ts'
import { createUnknownWrites, isOutcomeUnknown } from '../sidecarset/write/unknownWrites.ts'
import { announce } from './announce.ts'
import { podsOf } from './caches.ts'
import type { InterceptionCaches } from './caches.ts'
import { LONGEST_HOLD_MS, isHeld, setHeld } from './finalizer.ts'
import type { Item } from './item.ts'
import type { InterceptionMetrics } from './metrics.ts'
import { planInterception } from './plan.ts'
import type { Decision, InterceptionInput, InterceptionPlan } from './plan.ts'
import type { PodView } from './podView.ts'
import { writePod } from './podWrites.ts'
import type { WritingDecision } from './podWrites.ts'
import { nextStatus, writeStatus } from './status.ts'
import { createSurvey } from './survey.ts'
import { viewPods, wantedOf } from './wanted.ts'

export interface InterceptionReconcilerOptions {
  readonly client: Client
  readonly caches: InterceptionCaches
  readonly agents: AgentClient
  readonly recorder: Pick<EventRecorder, 'event'>
  readonly metrics: InterceptionMetrics
  readonly clock: Clock
  readonly logger: Logger
  /** Between two looks at agents that are toggling. Defaults to 300. */
  readonly pollMs?: number
  /** Between two looks at agents of pods that are as wanted. Defaults to 5,000. */
  readonly surveyMs?: number
}

/** Asked, and written, at the same time. */
const ASKS_AT_A_TIME = 32
const WRITES_AT_A_TIME = 8
/** Pods without a toggle that are asked in one look. */
const SURVEYED_AT_A_TIME = 64
/** The cache is behind what was written: it will be told of any moment. */
const CACHE_LAG_MS = 50
const CONFLICT_MS = 100
const BLOCKED_MS = 1_000

/** Brings the pods of one TrafficInterception forward by one step, and tells of it in its status. */
export function createInterceptionReconciler(options: InterceptionReconcilerOptions): Reconcile {
  const { client, caches, agents, recorder, metrics, clock, logger } = options
  const { pollMs = 300, surveyMs = 5_000 } = options
  const objects = client.resource(TRAFFIC_INTERCEPTIONS)
  const pods = client.resource(PODS)
  const writtenPods = createExpectations({ clock })
  const writtenObjects = createExpectations({ clock })
  const backoff = createPodBackoff(clock)
  const unknown = createUnknownWrites({ pods, written: writtenPods, backoff, clock })
  /** Lost with the process: then silence is waited for anew. */
  const silentSince = new Map<string, number>()
  const survey = createSurvey({ clock, everyMs: surveyMs, atATime: SURVEYED_AT_A_TIME })

  return async (key, signal) => {
    await unknown.settle(signal)
    const object = caches.objects.get(key)
    const { own, leaving, lost } = podsOf(caches, key)
    const behind = [...own, ...leaving].some((pod) => !writtenPods.satisfied(keyOf(pod), pod))
    const isBehind = object !== undefined && !writtenObjects.satisfied(key, object)
    if (behind || isBehind) return { requeueAfterMs: CACHE_LAG_MS }

    const wanted = object === undefined ? [] : wantedOf(object, own)
    const gone = viewPods(leaving)
    const input: InterceptionInput = {
      wanted,
      leaving: gone,
      // An object that is gone has left its pods as many at a time as by default.
      rollout: defaultInterception(object?.spec ?? { selector: {}, enabled: false }).rollout,
      agents: new Map(),
      silentSince,
      unwritable: backoff.blocked(),
      open: unknown.open((pod) => caches.pods.get(pod)),
      now: clock.now(),
    }
    const asked = toAsk(key, planInterception(input))
    const plan = planInterception({ ...input, agents: await ask(asked, signal) })
    if (object === undefined || object.metadata.deletionTimestamp !== undefined) {
      return finish(key, object, plan, signal)
    }
    const isNeeded = intercepts(plan)
    if (isNeeded && !isHeld(object) && (await hold(key, object, signal))) {
      return { requeueAfterMs: CACHE_LAG_MS }
    }
    metrics.look(object.metadata, plan)
    const conflicts = await carryOut(key, object, plan, signal)
    const next = nextStatus({ object, summary: plan.summary, lost, now: clock.now() })
    const after = await writeStatus(objects, object, next, signal)
    if (after !== undefined) writtenObjects.expect(key, after.metadata.resourceVersion ?? '')
    else if (!isNeeded && isHeld(object)) await release(key, object, signal)
    return requeue(plan, conflicts)
  }

  /** Pods whose toggle is open, and the next few of those that may change by themselves. */
  function toAsk(key: string, { items, leaving }: InterceptionPlan): readonly PodView[] {
    const all = [...items, ...leaving].filter(({ view }) => isReachable(view))
    const open = all.filter(isOpen).map(({ view }) => view)
    const quiet = all.filter((item) => !isOpen(item) && mayChange(item)).map(({ view }) => view)
    const turn = new Set(
      survey.turn(
        key,
        quiet.map((view) => view.key),
      ),
    )
    return [...open, ...quiet.filter((view) => turn.has(view.key))]
  }

  async function ask(
    views: readonly PodView[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, AgentStatus>> {
    const answers = new Map<string, AgentStatus>()
    await eachLimited(views, ASKS_AT_A_TIME, async ({ key, pod }) => {
      const status = await agents.status(pod.status?.podIP ?? '', signal)
      if (status?.interception === undefined) {
        if (!silentSince.has(key)) silentSince.set(key, clock.now())
        return
      }
      silentSince.delete(key)
      answers.set(key, status)
    })
    return answers
  }

  /** An object that goes, or is gone: its pods are brought back to what they had without it. */
  async function finish(
    key: string,
    object: StoredTrafficInterception | undefined,
    plan: InterceptionPlan,
    signal: AbortSignal,
  ): ReturnType<Reconcile> {
    const conflicts = await carryOut(key, object, plan, signal)
    const isOver = plan.leaving.every(({ stage, isNews }) => isEnd(stage) && !isNews)
    if (object !== undefined && isHeld(object)) {
      const deleted = Date.parse(object.metadata.deletionTimestamp ?? '')
      if (isOver || clock.now() > deleted + LONGEST_HOLD_MS) await release(key, object, signal)
    }
    if (object === undefined && isOver) {
      metrics.remove(nameOf(key))
      survey.forget(key)
      writtenObjects.forget(key)
      return {}
    }
    return requeue(plan, conflicts)
  }

  /**
   * False when the object cannot be held, as when nobody answers for the webhook that sees every write
   * on it: its pods are toggled all the same, for they are brought back without it as well.
   */
  async function hold(
    key: string,
    object: StoredTrafficInterception,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (backoff.blocked().has(`finalizer of ${key}`)) return false
    try {
      const after = await setHeld(objects, object, true, signal)
      writtenObjects.expect(key, after.metadata.resourceVersion ?? '')
      return true
    } catch (error) {
      if (signal.aborted || isApiError(error, 'Conflict')) throw error
      const retryAfterMs = backoff.refused(`finalizer of ${key}`)
      logger.warn('finalizer cannot be written', { object: key, retryAfterMs, error })
      return false
    }
  }

  async function release(
    key: string,
    object: StoredTrafficInterception,
    signal: AbortSignal,
  ): Promise<void> {
    const after = await setHeld(objects, object, false, signal)
    writtenObjects.expect(key, after.metadata.resourceVersion ?? '')
  }

  /** Writes what was decided; one pod that cannot be written does not stop the others. */
  async function carryOut(
    key: string,
    object: StoredTrafficInterception | undefined,
    { decisions, items, leaving }: InterceptionPlan,
    signal: AbortSignal,
  ): Promise<number> {
    let conflicts = 0
    const seconds = new Map([...items, ...leaving].map((one) => [one.view.key, one.toggleSeconds]))
    const writes = decisions.filter((one): one is WritingDecision => one.kind !== 'none')
    await eachLimited(writes, WRITES_AT_A_TIME, async (decision) => {
      const { view, kind } = decision
      try {
        const pod = await writePod(pods, decision, clock.now(), signal)
        writtenPods.expect(view.key, pod.metadata.resourceVersion ?? '')
        backoff.forget(view.key)
        silentSince.delete(view.key)
        logger.info('pod written', { object: key, pod: view.key, what: kind })
        if (decision.kind !== 'record') return
        metrics.recorded(nameOf(key), decision.record.outcome, seconds.get(view.key))
        announce(recorder, view.pod, decision.record, object)
      } catch (error) {
        if (signal.aborted) throw error
        if (isApiError(error, 'NotFound')) {
          backoff.forget(view.key)
          silentSince.delete(view.key)
        } else if (isApiError(error, 'Conflict')) conflicts += 1
        else if (isOutcomeUnknown(error)) {
          conflicts += 1
          unknown.add(view, String(error))
          logger.warn('pod may have been written', { object: key, pod: view.key, error })
        } else {
          const retryAfterMs = backoff.refused(view.key)
          const fields = { object: key, pod: view.key, what: kind, retryAfterMs, error }
          logger.warn('pod cannot be written', fields)
        }
      }
    })
    return conflicts
  }

  function requeue(
    { decisions, items, leaving }: InterceptionPlan,
    conflicts: number,
  ): { readonly requeueAfterMs?: number } {
    if (conflicts > 0) return { requeueAfterMs: CONFLICT_MS }
    const all = [...items, ...leaving]
    const acts = decisions.some(({ kind }) => kind !== 'none')
    if (acts || all.some((item) => isOpen(item) && isReachable(item.view))) {
      return { requeueAfterMs: pollMs }
    }
    if (decisions.some((one) => one.kind === 'none' && one.reason === 'WriteFailed')) {
      return { requeueAfterMs: BLOCKED_MS }
    }
    return all.some((item) => isOpen(item) || mayChange(item)) ? { requeueAfterMs: surveyMs } : {}
  }
}

/** Is the answer of its agent waited for? */
function isOpen({ view }: Item): boolean {
  return view.written !== undefined && view.record === undefined
}

/** May it become another without anybody's order? */
function mayChange({ order, record }: Item): boolean {
  return record !== undefined && (order.enabled || record.outcome === 'failed')
}

function isReachable({ pod, agentSince }: PodView): boolean {
  return pod.status?.podIP !== undefined && agentSince !== undefined
}

function isEnd(stage: Item['stage']): boolean {
  return stage === 'settled' || stage === 'failed'
}

/** Is there anything that the end of the object would have to undo? */
function intercepts({ decisions, items, leaving }: InterceptionPlan): boolean {
  const isOn = [...items, ...leaving].some(({ view, stage }) =>
    view.written === undefined ? false : view.written.enabled || stage === 'switching',
  )
  return isOn || decisions.some((one: Decision) => one.kind === 'order' && one.order.enabled)
}

function nameOf(key: string): { readonly namespace: string; readonly name: string } {
  const { namespace = '', name } = refOf(key)
  return { namespace, name }
}
