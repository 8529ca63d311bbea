import type { Metrics } from '../../runtime/metrics/metrics.ts'
import type { ToggleOutcome } from './record.ts'
import { countReasons } from '../countReasons.ts'
import type { InterceptionPlan } from './plan.ts'
import { idleReasons } from './plan.ts'

const STATES = [
  'matched',
  'enabled',
  'disabled',
  'switching',
  'waiting',
  'kept',
  'failed',
  'bypassed',
] as const
const OUTCOMES: readonly ToggleOutcome[] = ['enabled', 'disabled', 'failed']

/** What the operator measures of TrafficInterceptions; they are named as namespace and name. */
export interface InterceptionMetrics {
  /** What a look found, and how it left the pods. */
  look(object: ObjectName, plan: Pick<InterceptionPlan, 'summary' | 'decisions'>): void
  /** A toggle of one pod came to an end, or its proxy died. @param seconds if the agent told them */
  recorded(object: ObjectName, outcome: ToggleOutcome, seconds: number | undefined): void
  /** The object is gone: its series end. */
  remove(object: ObjectName): void
}

export interface ObjectName {
  readonly namespace: string
  readonly name: string
}

export function createInterceptionMetrics(metrics: Metrics): InterceptionMetrics {
  const labelNames = ['namespace', 'trafficinterception'] as const
  const pods = metrics.gauge({
    name: 'baton_interception_pods',
    help: 'Pods of a TrafficInterception by state.',
    labelNames: [...labelNames, 'state'],
  })
  const idle = metrics.gauge({
    name: 'baton_interception_pods_idle',
    help: 'Pods with which the last look did nothing, by reason: each is in one of them.',
    labelNames: [...labelNames, 'reason'],
  })
  const notInjected = metrics.gauge({
    name: 'baton_interception_pods_not_injected',
    help: 'Pods of a TrafficInterception that cannot be toggled.',
    labelNames,
  })
  const toggles = metrics.counter({
    name: 'baton_interception_toggles_total',
    help: 'Toggles of single pods that came to an end, by result.',
    labelNames: [...labelNames, 'result'],
  })
  const bypasses = metrics.counter({
    name: 'baton_interception_bypasses_total',
    help: 'Pods that were seen to go on directly because their proxy did not serve.',
    labelNames,
  })
  const duration = metrics.histogram({
    name: 'baton_interception_toggle_duration_seconds',
    help: 'Toggles as agents time them, hooks and timer included.',
    labelNames,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120],
  })
  const known = new Set<string>()
  const labelsOf = ({ namespace, name }: ObjectName) => ({ namespace, trafficinterception: name })
  const introduce = (object: ObjectName): void => {
    const key = `${object.namespace}/${object.name}`
    if (known.has(key)) return
    known.add(key)
    const labels = labelsOf(object)
    for (const result of OUTCOMES) toggles.inc({ ...labels, result }, 0)
    bypasses.inc(labels, 0)
    duration.zero(labels)
  }

  return {
    look: (object, { summary, decisions }) => {
      introduce(object)
      const labels = labelsOf(object)
      for (const state of STATES) pods.set({ ...labels, state }, summary[state])
      for (const [reason, count] of countReasons(idleReasons, decisions)) {
        idle.set({ ...labels, reason }, count)
      }
      notInjected.set(labels, summary.notInjected.length)
    },
    recorded: (object, outcome, seconds) => {
      introduce(object)
      const labels = labelsOf(object)
      if (outcome === 'bypassed') {
        bypasses.inc(labels)
        return
      }
      toggles.inc({ ...labels, result: outcome })
      if (seconds !== undefined) duration.observe(labels, seconds)
    },
    remove: (object) => {
      known.delete(`${object.namespace}/${object.name}`)
      const labels = labelsOf(object)
      for (const state of STATES) pods.remove({ ...labels, state })
      for (const result of OUTCOMES) toggles.remove({ ...labels, result })
      for (const reason of idleReasons) idle.remove({ ...labels, reason })
      for (const metric of [notInjected, bypasses, duration]) metric.remove(labels)
    },
  }
}
