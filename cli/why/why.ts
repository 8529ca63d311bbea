import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import {
  allowedUnavailable,
  failureLimit,
  keptPods,
} from '../../operator/sidecarset/rollout/budget.ts'
import type { Decision } from '../../operator/sidecarset/rollout/decision.ts'
import type { Rollout } from '../rollout/rollout.ts'
import { remedyFor } from './remedies.ts'
import type { Rule } from './remedies.ts'
import type { Why } from './whyShape.ts'
import { completeText } from '../../operator/sidecarset/status/completeText.ts'

/** Why the rollout of a set does not go on, by the operator's own plan. Pure. */
export function whySet(rollout: Rollout): Why {
  const pods = rollout.plan.decisions.flatMap((one) => podLine(one))
  return tell(rollout, judge(rollout), pods)
}

/**
 * The same of one pod: why nothing is done with it. Undefined when the set does not manage it.
 * @param key namespace/name
 */
export function whyPod(rollout: Rollout, key: string): Why | undefined {
  const decision = rollout.plan.decisions.find(({ view }) => view.key === key)
  if (decision === undefined) return undefined
  const judged: Judged =
    decision.kind === 'none'
      ? { rule: decision.reason, sentence: `${key}: ${decision.sentence}` }
      : { rule: 'InProgress', sentence: `${key}: the operator acts on it now` }
  return tell(rollout, judged, podLine(decision))
}

function tell({ set, plan, notes }: Rollout, { rule, sentence }: Judged, pods: Why['pods']): Why {
  const { summary } = plan
  const strategy = applyDefaults(set.spec).updateStrategy
  const { name } = set.metadata
  const { maxUnavailable, partition } = strategy
  const change = remedyFor(rule, { set: name, maxUnavailable, partition })
  return {
    set: name,
    blocked: !GOES_ON.has(rule),
    rule,
    sentence,
    ...(change === undefined ? {} : { change }),
    numbers: {
      matched: summary.matched,
      updated: summary.updated,
      ready: summary.ready,
      inFlight: summary.upgrading,
      waiting: summary.waiting,
      failed: summary.failed,
      keptByPartition: keptPods(partition, summary.matched),
      maxUnavailable: allowedUnavailable(maxUnavailable, summary.matched),
      failureLimit: failureLimit(strategy.failureLimit, summary.matched),
    },
    pods,
    notes,
  }
}

/** Nothing has to be changed. */
const GOES_ON: ReadonlySet<Rule> = new Set<Rule>([
  'Complete',
  'InProgress',
  'InFlight',
  'ImagePulling',
  'UpToDate',
])

interface Judged {
  readonly rule: Rule
  readonly sentence: string
}

function judge({ set, plan, latest }: Rollout): Judged {
  const { summary, decisions } = plan
  const { generation = 0, deletionTimestamp } = set.metadata
  const observed = set.status?.observedGeneration ?? 0
  if (deletionTimestamp !== undefined) {
    return { rule: 'Deleting', sentence: `the set is being deleted since ${deletionTimestamp}` }
  }
  if (observed < generation) {
    const sentence = `the operator has seen generation ${observed} of the set, not yet ${generation}`
    return { rule: 'NotObserved', sentence }
  }
  if (summary.matched === 0) {
    return { rule: 'NoPods', sentence: 'no pod that exists was injected with the set' }
  }
  if (summary.stopped) return stopped(summary, latest.hash)
  if (summary.complete) {
    return {
      rule: 'Complete',
      sentence: completeText(summary.matched, latest.hash),
    }
  }
  const idle = decisions.filter((one) => one.kind === 'none')
  const starting = decisions.length - idle.length
  const first = BY_WEIGHT.map((rule) => idle.filter(({ reason }) => reason === rule)).find(
    (found) => found.length > 0,
  )
  // What is in flight ends by itself; only what keeps all others from starting is in the way.
  if (starting > 0 || (summary.upgrading > 0 && first?.[0]?.reason === 'MaxUnavailable')) {
    const sentence = `${summary.upgrading} of ${summary.matched} pods are in flight, ${summary.waiting} wait for their turn`
    return { rule: 'InProgress', sentence }
  }
  const [blocking] = first ?? []
  if (blocking === undefined || first === undefined) {
    const sentence = `${summary.upgrading} of ${summary.matched} pods are in flight`
    return { rule: 'InProgress', sentence }
  }
  const sentence = `${blocking.sentence} (${first.length} of ${summary.matched} pods)`
  return { rule: blocking.reason, sentence }
}

/** Of several reasons, the first one is told: what stops all pods before what stops one. */
const BY_WEIGHT = [
  'NotUpdate',
  'Paused',
  'RolloutStopped',
  'ImagePullFailed',
  'WriteFailed',
  'CanaryStep',
  'Analysis',
  'MaxUnavailable',
  'ImagePulling',
  'StillDraining',
  'Resizing',
  'FailedBefore',
  'NotUpgradableInPlace',
  'NotSelected',
  'KeptByPartition',
] as const

function stopped(summary: Rollout['plan']['summary'], latest: string): Judged {
  const { failed, failure, rollback, target } = summary
  const pods = failed === 0 ? undefined : failed === 1 ? '1 pod' : `${failed} pods`
  const who = failure?.pod ?? pods
  const failing =
    who === undefined ? `revision ${latest} failed` : `${who} failed with revision ${latest}`
  const what =
    failure === undefined
      ? `${failing}${who === undefined ? ' before' : ''}`
      : `${failing}: ${failure.reason}: ${failure.sentence.replace(/\.$/, '')}`
  return rollback
    ? { rule: 'RolledBack', sentence: `${what}; pods are brought back to revision ${target.hash}` }
    : { rule: 'RolloutStopped', sentence: what }
}

function podLine(decision: Decision): Why['pods'] {
  const { view } = decision
  if (decision.kind !== 'none') {
    return [{ pod: view.key, reason: ACTS[decision.kind], sentence: 'the operator acts on it now' }]
  }
  if (decision.reason === 'UpToDate') return []
  return [{ pod: view.key, reason: decision.reason, sentence: decision.sentence }]
}

const ACTS: Readonly<Record<Exclude<Decision['kind'], 'none'>, string>> = {
  startUpgrade: 'Starting',
  swapBack: 'SwappingBack',
  startReset: 'Resetting',
  startCold: 'RestartingCold',
  recordResult: 'RecordingResult',
  revertFailed: 'Reverting',
  resize: 'Resizing',
  endBackOff: 'EndingBackOff',
}
