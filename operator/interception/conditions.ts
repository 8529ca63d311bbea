import type { DefaultedInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import { interceptionProgress } from '../../api/interception/newPods.ts'
import { counted } from '../sidecarset/counted.ts'
import type { InterceptionSummary, PodRecord } from './summary.ts'
import type { Verdict } from '../conditionWording.ts'
import { clause, someOf, verdict } from '../conditionWording.ts'

/** Keys of pods that an object selects and an older one has, by the name of that one. */
export type LostPods = ReadonlyMap<string, readonly string[]>

export interface ConditionsInput {
  readonly spec: DefaultedInterception
  readonly summary: InterceptionSummary
  readonly lost: LostPods
}

/** The conditions of a TrafficInterception, without times. */
export function judgeInterception(input: ConditionsInput): readonly Verdict[] {
  return [
    available(input),
    progressing(input),
    degraded(input),
    conflict(input),
    bypassed(input),
    paused(input),
    withoutInterception(input),
  ]
}

function available({ spec, summary }: ConditionsInput): Verdict {
  const { enabled, disabled, matched, notInjected, complete } = summary
  const able = matched - notInjected.length
  const [count, way] = spec.enabled
    ? [enabled, 'goes through the proxy']
    : [disabled, 'goes directly']
  const message = `the traffic of ${count} of ${counted(able, 'pod')} ${way}`
  return complete
    ? verdict('Available', 'True', 'AsWanted', message)
    : verdict('Available', 'False', 'NotEverywhere', message)
}

function progressing({ spec, summary }: ConditionsInput): Verdict {
  const { complete, switching, waiting, kept, failure, matched, notInjected } = summary
  const word = spec.enabled ? 'on' : 'off'
  const able = matched - notInjected.length
  const done = able - switching - waiting - kept - summary.failed - summary.bypassed
  const counts =
    `interception is ${word} in ${done} of ${counted(able, 'pod')}, ${switching} in a toggle, ` +
    `${waiting} waiting, ${kept} kept by the partition`
  const { completed, inProgress, partitionReached, paused: held, failed } = interceptionProgress
  if (failure !== undefined) {
    const message = `no other pod is toggled: ${failureText(summary, failure)}; ${counts}`
    return verdict('Progressing', 'False', failed, message)
  }
  if (complete) return verdict('Progressing', 'True', completed, counts)
  if (spec.rollout.paused) return verdict('Progressing', 'Unknown', held, counts)
  if (waiting + switching === 0 && kept > 0) {
    return verdict('Progressing', 'True', partitionReached, counts)
  }
  return verdict('Progressing', 'True', inProgress, counts)
}

function degraded({ summary }: ConditionsInput): Verdict {
  const { failure, unwritten } = summary
  if (failure !== undefined) {
    const message = failureText(summary, failure)
    return verdict('Degraded', 'True', interceptionProgress.failed, message)
  }
  if (unwritten.length > 0) {
    const message =
      `${counted(unwritten.length, 'pod')} cannot be written, the others go on: ` +
      `${someOf(unwritten)}; see the log of the operator`
    return verdict('Degraded', 'True', 'PodNotWritable', message)
  }
  return verdict('Degraded', 'False', 'AsExpected', 'no toggle failed')
}

function conflict({ lost }: ConditionsInput): Verdict {
  if (lost.size === 0) {
    return verdict('Conflict', 'False', 'NoConflict', 'no other object has pods of this one')
  }
  const parts = [...lost].map(
    ([owner, pods]) =>
      `${counted(pods.length, 'pod')} of TrafficInterception ${owner} (${someOf(pods)})`,
  )
  const message =
    `it also selects ${parts.join(' and ')}, and the older object wins; ` +
    'narrow the selector of one, or delete it'
  return verdict('Conflict', 'True', 'OlderObjectWins', message)
}

function bypassed({ spec, summary }: ConditionsInput): Verdict {
  const { bypass, bypassed: count } = summary
  if (bypass === undefined) {
    const way = spec.onProxyFailure === 'Block' ? ', and traffic would wait for one that is' : ''
    return verdict('Bypassed', 'False', 'ProxiesServe', `no proxy is known to be dead${way}`)
  }
  const { pod, record } = bypass
  const message =
    `${counted(count, 'pod')} without a proxy that serves, ${pod} among them: ` +
    `${clause(record.sentence)}; its interception comes back when the proxy does`
  return verdict('Bypassed', 'True', 'ProxyDead', message)
}

function paused({ spec }: ConditionsInput): Verdict {
  return spec.rollout.paused
    ? verdict('Paused', 'True', 'RolloutPaused', 'rollout.paused is true')
    : verdict('Paused', 'False', 'NotPaused', 'rollout.paused is not set')
}

function withoutInterception({ summary }: ConditionsInput): Verdict {
  const { notInjected } = summary
  const type = 'PodsWithoutInterception'
  if (notInjected.length === 0) {
    return verdict(type, 'False', 'AllInjected', 'every pod can be toggled')
  }
  const message =
    `${counted(notInjected.length, 'pod')} cannot be toggled, as they were injected without ` +
    `interception: ${someOf(notInjected)}; let their SidecarSet intercept, and recreate them`
  return verdict(type, 'True', 'NotInjected', message)
}

function failureText({ failed }: InterceptionSummary, { pod, record }: PodRecord): string {
  const { reason, sentence } = record
  return `${counted(failed, 'pod')} failed, ${pod} with ${reason}: ${clause(sentence)}`
}
