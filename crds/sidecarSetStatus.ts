import type {
  CommandRecord,
  HandoverTotals,
  RevisionFailure,
  RolloutProgress,
  SidecarSetStatus,
} from '../api/v1beta1/sidecarset.ts'
import { condition } from './condition.ts'
import { analysisStatus } from './analysis.ts'
import type { Properties, Schema } from './schema.ts'
import { int64, integer, list, listByKey, object, string } from './schema.ts'

const time = (description: string): Schema => ({ ...string(description), format: 'date-time' })

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

const rollout = object<RolloutProgress>(
  'How the rollout of one revision stands. Absent when none goes on.',
  {
    revision: string('The revision that is rolled out.'),
    number: int64('Tells this rollout from an earlier one of the same revision.'),
    startedAt: time('When the operator first saw the revision.'),
    step: integer('Step of the canary that goes on, counted from 1. Absent: they are behind.'),
    stepStartedAt: time('When the step began.'),
    reachedAt: time(
      'When the pods of the step first had the revision: its pause counts from here.',
    ),
    resumedAt: time('When somebody ended the pause of the step.'),
    overruledAt: time('When somebody decided to go on although an analysis was not sure.'),
    heldSince: time(
      'Since when nothing can be done until people decide, a pause is over or pods come.',
    ),
    clockFrom: time('When that was over last: the progress deadline counts from here.'),
    skipped: string(
      'Why the steps do not count: Promoted, or RollbackWindow for the way back to a former revision.',
    ),
    failure: object<RevisionFailure>('Why the revision counts as failed.', {
      reason: string('One word for programs.'),
      message: string('A sentence for people.'),
      at: time('When that was seen first.'),
    }),
  },
  ['revision', 'number', 'startedAt'],
)

const lastCommand = object<CommandRecord>(
  'What was asked last by the annotation baton.dev/rollout-command, and what came of it.',
  {
    id: string('Tells the command from the next one.'),
    verb: string('resume, promote, abort or retry.'),
    revision: string('The revision that was meant.'),
    step: integer('The step that was meant.'),
    by: string('Who asked.'),
    reason: string('Why.'),
    at: time('When the operator saw it.'),
    outcome: string('Accepted or Refused.'),
    message: string('A sentence for people.'),
  },
  ['id', 'at', 'outcome', 'message'],
)

/** What is told of every rollout, without the conditions. */
export const rolloutStatus: Omit<Properties<SidecarSetStatus>, 'conditions'> = {
  observedGeneration: int64('Generation of the set that the status is about.'),
  matchedPods: integer('Pods that the set selects.'),
  updatedPods: integer('Pods with the latest revision.'),
  readyPods: integer('Matched pods that are ready.'),
  updatedReadyPods: integer('Updated pods that are ready.'),
  upgradingPods: integer('Pods in flight.'),
  failedPods: integer('Pods whose upgrade to the latest revision failed.'),
  currentRevision: string('Revision that all pods had before the rollout.'),
  latestRevision: string('Revision of the spec.'),
  failedRevision: string(
    'Revision that failed, and is not tried again until the template changes or somebody asks for it.',
  ),
  analysis: analysisStatus,
  currentStep: integer('Step of the canary that goes on, counted from 1.'),
  rollout,
  lastCommand,
  formerRevisions: list('Revisions that every pod had before, the newest first.', {
    ...string('Hash.'),
  }),
  collisionCount: integer('Collisions of revision names.'),
  handover: handoverTotals,
}

/** The status subresource. */
export const sidecarSetStatus: Schema = object<SidecarSetStatus>('What the operator observed.', {
  ...rolloutStatus,
  conditions: listByKey(
    'Conditions by type.',
    'type',
    condition('set', 'Available, Progressing, Degraded or Paused.'),
  ),
})
