import { flag, integer, list, map, object, oneOf, optional, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { analysisShape } from './analysisShape.ts'

export const conditionShape = object('A condition of the SidecarSet.', {
  type: text('Available, Progressing, Degraded or Paused.'),
  status: text('True, False or Unknown.'),
  reason: text('Constant in UpperCamelCase.'),
  message: text('A sentence.'),
})

export const setShape = object('One SidecarSet.', {
  set: text('Its name.'),
  phase: oneOf(
    'Where its rollout stands. Unobserved: the operator has not seen the present spec yet.',
    'Complete',
    'Progressing',
    'Paused',
    'Partitioned',
    'Failed',
    'RollingBack',
    'RolledBack',
    'Unobserved',
  ),
  sentence: text('The message of its condition Progressing.'),
  latestRevision: text('Hash of the revision of its spec.'),
  currentRevision: optional(text('Hash of the last revision that every pod got.')),
  failedRevision: optional(text('Hash of a revision that failed and is not tried again.')),
  step: optional(integer('The step of its canary that goes on, counted from 1.')),
  generation: integer('That of the spec.'),
  observedGeneration: integer('The last one that the operator has seen.'),
  pods: object('How many.', {
    matched: integer('Injected, and selected.'),
    updated: integer('At the latest revision.'),
    ready: integer('Ready.'),
    updatedReady: integer('Both.'),
    upgrading: integer('In flight.'),
    failed: integer('Whose upgrade failed.'),
  }),
  handovers: object('Since the set exists.', {
    completed: integer('That ended well.'),
    failed: integer('That did not.'),
    connectionsDrained: integer('That ended by themselves.'),
    connectionsCut: integer('That were cut.'),
  }),
  analysis: optional(analysisShape),
  conditions: list('As the operator wrote them.', conditionShape),
})

const handoverShape = object('The last handover of a container, as its agent tells it.', {
  phase: text('Waiting, Starting, Confirming, Draining, Settled, Aborted or FailedOver.'),
  reason: text('Empty while all is well.'),
  message: text('A sentence, or empty.'),
  from: optional(text('The slot that served before.')),
  to: text('The slot that serves or shall serve.'),
  connectionsLeft: integer('That the old process still has.'),
  connectionsDrained: integer('That ended by themselves.'),
  connectionsCut: integer('That were cut.'),
  kernel: map('Growth of the pod’s kernel counters, such as ListenDrops.', integer('A count.')),
})

const slotShape = object('A container of the pod that is a slot, or a cold sidecar.', {
  slot: text('Its name in the pod.'),
  image: text('Of its spec.'),
  state: oneOf(
    'Serving, idle, or both processes at once; Unknown when the agent was not asked.',
    'Serving',
    'Starting',
    'Draining',
    'Standby',
    'Running',
    'Waiting',
    'Unknown',
  ),
  restarts: integer('Of the container.'),
})

const containerShape = object('A sidecar of the set in a pod.', {
  container: text('Its name in the set.'),
  handover: optional(handoverShape),
  slots: list('Two of a hot container, one of a cold one.', slotShape),
})

export const podShape = object('One pod.', {
  pod: text('Its name.'),
  ready: flag('Its condition Ready.'),
  reason: text('Why nothing is done with it, or what is done: see why.'),
  sentence: text('The same in words.'),
  result: optional(text('How its last upgrade ended.')),
  containers: list('Sidecars of the set.', containerShape),
})

const workloadShape = object('Pods with one owner.', {
  workload: text('kind/name of the owner; pod when there is none.'),
  namespace: text('Where it is.'),
  pods: list('By name.', podShape),
})

export const revisionShape = object('Pods with one revision.', {
  revision: text('Its hash.'),
  role: oneOf(
    'Latest: of the spec. Current: the last one that every pod had.',
    'Latest',
    'Current',
    'Other',
  ),
  images: list('name=image of its containers.', text('One of them.')),
  pods: integer('How many have it.'),
  workloads: list('By namespace and name.', workloadShape),
})

export type SetStatusRow = ShapeOf<typeof setShape>
export type RevisionStatus = ShapeOf<typeof revisionShape>
export type PodStatusRow = ShapeOf<typeof podShape>
export type ContainerRow = PodStatusRow['containers'][number]
export type SlotRow = ContainerRow['slots'][number]
