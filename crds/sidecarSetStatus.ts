import type { HandoverTotals, SidecarSetStatus } from '../api/v1beta1/sidecarset.ts'
import { condition } from './condition.ts'
import type { Schema } from './schema.ts'
import { int64, integer, listByKey, object, string } from './schema.ts'

const handoverTotals = object<HandoverTotals>('Sums over all handovers of the set.', {
  completed: integer('Pods whose handovers succeeded.'),
  failed: integer('Pods whose upgrade was given up; the old process went on.'),
  listenersHanded: integer('Listeners handed from an old process to a new one.'),
  connectionsDrained: integer('Connections that came to their own end.'),
  connectionsCut: integer('Connections cut after maxSeconds.'),
  lastDurationSeconds: {
    description: 'Seconds from order to result of the last handover, with fractions.',
    type: 'number',
  },
})

/** The status subresource. */
export const sidecarSetStatus: Schema = object<SidecarSetStatus>('What the operator observed.', {
  observedGeneration: int64('Generation of the set that the status is about.'),
  matchedPods: integer('Pods that the set selects.'),
  updatedPods: integer('Pods with the latest revision.'),
  readyPods: integer('Matched pods that are ready.'),
  updatedReadyPods: integer('Updated pods that are ready.'),
  upgradingPods: integer('Pods in flight.'),
  failedPods: integer('Pods whose upgrade to the latest revision failed.'),
  currentRevision: string('Revision that all pods had before the rollout.'),
  latestRevision: string('Revision of the spec.'),
  failedRevision: string('Revision that failed, and is not tried again until the spec changes.'),
  collisionCount: integer('Collisions of revision names.'),
  conditions: listByKey(
    'Conditions by type.',
    'type',
    condition('set', 'Available, Progressing, Degraded or Paused.'),
  ),
  handover: handoverTotals,
})
