import type { TrafficInterceptionStatus } from '../api/v1beta1/trafficinterception.ts'
import { condition } from './condition.ts'
import type { Schema } from './schema.ts'
import { int64, integer, listByKey, object, string } from './schema.ts'

const CONDITIONS =
  'Available (every pod is as wanted), Progressing, Degraded, Conflict (an older object has some of the pods), Bypassed (the proxy of some pods is dead), Paused, or PodsWithoutInterception (pods that cannot be toggled).'

/** The status subresource. */
export const trafficInterceptionStatus: Schema = object<TrafficInterceptionStatus>(
  'What the operator observed.',
  {
    observedGeneration: int64('Generation of the object that the status is about.'),
    matchedPods: integer('Pods that it selects, without those that an older object has.'),
    enabledPods: integer('Pods whose agent has seen that interception works.'),
    disabledPods: integer('Pods whose traffic goes directly.'),
    switchingPods: integer('Pods in a toggle.'),
    failedPods: integer('Pods whose toggle was given up: they are as they were before.'),
    bypassedPods: integer(
      'Pods whose proxy is dead, and whose apps go on directly by onProxyFailure Bypass.',
    ),
    currentState: string(
      'Enabled or Disabled: what the pods had when a rollout was last complete. New pods start with it while one is held back.',
    ),
    conditions: listByKey('Conditions by type.', 'type', condition('object', CONDITIONS)),
  },
)
