import type {
  Canary,
  CanaryStep,
  PriorityStrategy,
  ScatterTerm,
  UpdateStrategy,
} from '../api/v1beta1/sidecarset.ts'
import { backgroundAnalysis, stepAnalysis } from './analysis.ts'
import { labelSelector } from './labelSelector.ts'
import { checked, oneOf, positiveShare, share, wholeNumber } from './rules.ts'
import { boolean, integer, intOrString, list, object, string } from './schema.ts'

type Weight = NonNullable<PriorityStrategy['weightPriority']>[number]
type OrderKey = NonNullable<PriorityStrategy['orderPriority']>[number]

const canaryStep = object<CanaryStep>('One step. It needs at least one of its fields.', {
  replicas: intOrString(
    'Pods that have the revision in this step: a number, or a percentage of the pods that the rollout can reach now. Absent: as many as in the step before.',
  ),
  analysis: stepAnalysis,
  pause: object<NonNullable<CanaryStep['pause']>>(
    'Wait once the pods of the step have the revision. Without seconds: until somebody resumes.',
    { seconds: integer('So long.') },
  ),
})

const canary = object<Canary>('Steps that come before the rest of a rollout.', {
  steps: list('Taken in order; then come the other pods.', canaryStep),
  analysis: backgroundAnalysis,
  maxPauseSeconds: wholeNumber(
    'A pause that waits for people longer than this is reported as too long. Defaults to 86400.',
    1,
  ),
})

const updateStrategyFields = object<UpdateStrategy>('How pods that exist get a new revision.', {
  type: oneOf(
    'RollingUpdate: pods are upgraded. NotUpdate: only new pods get the revision. Defaults to RollingUpdate.',
    ['NotUpdate', 'RollingUpdate'],
  ),
  paused: boolean('No pod is started while true; pods in flight finish.'),
  selector: labelSelector('Only these pods are upgraded; not together with a partition.'),
  partition: share('Pods that keep their revision: a number or a percentage. Defaults to 0.'),
  maxUnavailable: positiveShare(
    'Pods that may be in flight or not ready at a time: a number or a percentage. Defaults to 1.',
    'no pod could ever be upgraded',
  ),
  maxUnavailablePerWorkload: positiveShare(
    'The same within the pods of one workload. Absent: no limit.',
    'no pod could ever be upgraded',
  ),
  priorityStrategy: object<PriorityStrategy>(
    'Which pods are upgraded sooner; see OpenKruise. Between equals, what is worth least: not ready before ready, ready for shorter, more restarts, newer.',
    {
      weightPriority: list(
        'The greater the sum of the weights that match a pod, the sooner.',
        object<Weight>(
          'A weight.',
          {
            weight: integer('From 1 to 100.'),
            matchSelector: labelSelector('Pods that have it.'),
          },
          ['weight', 'matchSelector'],
        ),
      ),
      orderPriority: list(
        'By the number at the end of the value of a label, the greater the sooner. Keys that come first in the list go first, pods with none of them before all others.',
        object<OrderKey>('A label.', { orderedKey: string('Its key.') }, ['orderedKey']),
      ),
    },
  ),
  scatterStrategy: list(
    'Pods with these labels are spread evenly over the order of upgrades, after priorities.',
    object<ScatterTerm>(
      'A label.',
      { key: string('Its key.'), value: string('Its value; `*`: each value that is there.') },
      ['key', 'value'],
    ),
  ),
  canary,
  rollbackWindow: object<NonNullable<UpdateStrategy['rollbackWindow']>>(
    'Back to a revision that all pods had not long ago, a rollout takes no steps, pauses or analyses.',
    { revisions: wholeNumber('So many former revisions. 0: always take them. Defaults to 3.', 0) },
  ),
  onFailure: oneOf('Pause or Rollback, once failureLimit pods failed. Defaults to Rollback.', [
    'Pause',
    'Rollback',
  ]),
  failureLimit: positiveShare(
    'Failed pods that end a rollout. Defaults to 1.',
    'the rollout would count as failed before it begins',
  ),
  progressDeadlineSeconds: wholeNumber(
    'Seconds without progress after which the condition Progressing is False. Defaults to 600.',
    1,
  ),
  prefetchImages: boolean(
    'Pull a new image on each node before any pod there is touched. Defaults to true.',
  ),
})

/** How a rollout goes, of a SidecarSet or a gateway. */
export const updateStrategy = checked(updateStrategyFields, {
  rule: "!has(self.selector) || !has(self.partition) || (type(self.partition) == int ? self.partition == 0 : self.partition.matches('^0+%$'))",
  message:
    'together with a selector it is not clear which pods keep the old revision; leave out either',
  fieldPath: '.partition',
})
