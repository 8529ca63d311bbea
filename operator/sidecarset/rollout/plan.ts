import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import type {
  CommandRecord,
  RevisionFailure,
  RolloutProgress,
  SidecarSetStatus,
} from '../../../api/v1beta1/sidecarset.ts'
import type { RolloutVerdicts } from '../analysis/verdict.ts'
import { advance } from '../canary/advance.ts'
import type { StepView } from '../canary/advance.ts'
import { lastProgress, withClock } from '../canary/deadlineClock.ts'
import { NONE_SETTLED } from '../census/settled.ts'
import type { Settled } from '../census/settled.ts'
import type { ResizeNotes } from '../resize/resizeMemory.ts'
import { containerSteps } from './containerSteps.ts'
import type { ContainerStep } from './containerSteps.ts'
import { isSuccess } from './decision.ts'
import type { Decision, IdleReason } from './decision.ts'
import { finishInFlight } from './finishInFlight.ts'
import { decideInFlight } from './inFlight.ts'
import { isOver } from './podStatus.ts'
import { NO_STEPS, judgeProgress } from './judgeProgress.ts'
import { changesMore, lookAfter } from './lookAfter.ts'
import { viewPod } from './podView.ts'
import type { PodView } from './podView.ts'
import type { ViewPod } from './podViews.ts'
import type { Revision } from './revision.ts'
import { NO_CANARY, PROCEED, chooseStarts, selectedOf } from './starts.ts'
import type { Candidate, ImageState } from './starts.ts'
import { updateTime } from './updateTime.ts'

export type RolloutStatus = Pick<
  SidecarSetStatus,
  'rollout' | 'failedRevision' | 'formerRevisions' | 'lastCommand'
>

/** Everything a plan depends on. Nothing of it is changed. */
export interface RolloutInput {
  readonly set: {
    readonly name: string
    readonly strategy: DefaultedUpdateStrategy
    /** What the status says of its rollouts. */
    readonly status: RolloutStatus
    /** What somebody asks of the rollout: the annotation `baton.dev/rollout-command`. */
    readonly command: string | undefined
  }
  /** What the analyses have come to of the step that the status names. */
  readonly verdicts: RolloutVerdicts
  readonly revisions: {
    /** Revision of the spec. */
    readonly latest: Revision
    /** Last one that every pod got; undefined before the first. */
    readonly current: Revision | undefined
    /** All by hash. */
    readonly known: ReadonlyMap<string, Revision>
  }
  /** Pods that the set's selectors match, but for those that are settled. */
  readonly pods: readonly Pod[]
  /** Pods that they match and that rest with the latest revision. Defaults to none. */
  readonly settled?: Settled
  /** Pods that have the set and that its selectors do not match any more. */
  readonly leaving: readonly Pod[]
  /** Answers of agents, by pod key; absent: not asked, or no answer. */
  readonly agents: ReadonlyMap<string, AgentStatus>
  /** Is the image on the node? Asked only for pods that are about to be touched. */
  readonly imageState: (node: string, image: string) => ImageState
  /** Keys of pods whose last write was refused and that must wait. */
  readonly unwritable: ReadonlySet<string>
  /** Keys of pods that may be in flight without a sign of it: see UnknownWrites. Absent: none. */
  readonly open?: ReadonlySet<string>
  /** Why the last write on a pod was refused. */
  readonly refusal: (key: string) => string | undefined
  /** What is known of resizes, by pod key. */
  readonly resizes: ResizeNotes
  /** How pods are parsed: gives what viewPod gives. Defaults to that. */
  readonly viewOf?: ViewPod
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** What to do, and how the rollout stands. */
export interface RolloutPlan {
  /** Of each pod but those that are settled: there is nothing to decide about them. */
  readonly decisions: readonly Decision[]
  /** How many are settled: it is as if `UpToDate` had been decided of each. */
  readonly settled: number
  readonly summary: RolloutSummary
  /** How the rollout stands after this look; undefined when none goes on. */
  readonly progress: RolloutProgress | undefined
  /** What came of what somebody asked since the last look. */
  readonly command: CommandRecord | undefined
  /** Images to be pulled before pods on these nodes can start, in order of need. */
  readonly wantedImages: readonly { readonly node: string; readonly image: string }[]
  /** Pods whose slots get their size when their agent says that nothing drains there any more. */
  readonly toAsk: readonly PodView[]
  /** Has a pod slots of the wrong size because the API server refused to change it? */
  readonly hasRefusedResizes: boolean
}

export interface RolloutSummary {
  readonly matched: number
  readonly updated: number
  readonly ready: number
  readonly updatedReady: number
  readonly upgrading: number
  readonly failed: number
  /** Pods that wait for their turn. */
  readonly waiting: number
  readonly kept: number
  /** Pods that only a new pod can replace: more than images changed. */
  readonly notUpgradable: readonly string[]
  /** The failure limit is reached: nothing goes on to the latest revision. */
  readonly stopped: boolean
  /** The revision pods are brought to: the latest one, or the current one in a rollback. */
  readonly target: Revision
  readonly rollback: boolean
  /** The step of the canary that goes on; undefined when there is none. */
  readonly step: StepView | undefined
  /** First failure that is known, for the conditions. */
  readonly failure: RolloutFailure | undefined
  readonly imageFailure: string | undefined
  /** Milliseconds since the epoch: the progress deadline counts from here. */
  readonly lastProgress: number
  /** False while nothing can be done until people decide, a pause is over or pods come. */
  readonly isClockRunning: boolean
  /** Why the next pods do not start now, a clause; undefined when none waits. */
  readonly waitsFor: string | undefined
  /** Every pod is on the latest revision and no upgrade is going on. */
  readonly complete: boolean
}

export interface RolloutFailure {
  /** Absent when it was no single pod that failed. */
  readonly pod?: string
  readonly reason: string
  readonly sentence: string
}

/**
 * Decides what to do with each pod of a set. Pure: the same input gives the same plan, so an
 * operator that takes over goes on where the other stopped.
 */
export function planRollout(input: RolloutInput): RolloutPlan {
  const { set, revisions, settled: known = NONE_SETTLED } = input
  const restless = input.pods
    .filter((pod) => !isOver(pod))
    .flatMap((pod) => (input.viewOf ?? viewPod)(pod, set.name) ?? [])
  const matched = restless.length + known.count
  const failures = restless.filter((view) => failedAt(view, revisions.latest))
  const { current } = revisions
  const judged = judgeProgress(input, { views: restless, failures, matched })
  const { progress, permission, command } = judged
  const { failure } = progress
  const stopped = failure !== undefined
  // Who aborts wants to go back, whatever is to be done about failures.
  const wantsRollback = set.strategy.onFailure === 'Rollback' || failure?.reason === 'Aborted'
  const back =
    stopped && wantsRollback && current?.hash !== revisions.latest.hash ? current : undefined
  const target = back ?? revisions.latest
  // On the way back there is something to decide about every pod.
  const [settled, views] =
    back === undefined ? [known, restless] : [NONE_SETTLED, [...restless, ...known.views()]]

  const inFlightInput = { ...input, strategy: set.strategy, known: revisions.known }
  const decisions: Decision[] = [...finishInFlight(input.leaving, set.name, inFlightInput)]
  const candidates: Candidate[] = []
  const upToDate = `the pod has revision ${target.hash}`
  const notUpgradable: string[] = []
  for (const view of views) {
    if (view.stage !== 'resting') {
      decisions.push(decideInFlight(view, target, inFlightInput))
    } else if (view.entry.hash === target.hash) {
      decisions.push(idle(view, 'UpToDate', upToDate))
    } else if (failedAt(view, target)) {
      decisions.push(idle(view, 'FailedBefore', `revision ${target.hash} failed on this pod`))
    } else {
      const steps = containerSteps(view, target.template, input.agents.get(view.key))
      const obstacle = obstacleTo(view, target, steps)
      if (obstacle === undefined) candidates.push({ view, steps })
      else {
        notUpgradable.push(view.key)
        decisions.push(idle(view, 'NotUpgradableInPlace', obstacle))
      }
    }
  }
  const rollback = back !== undefined
  const upgrading = views.filter((view) => view.stage !== 'resting')
  const isUpdated = (view: PodView): boolean => view.entry.hash === revisions.latest.hash
  const updated = views.filter(isUpdated)
  const having = updated.length + settled.count
  const { canary: declared = NO_STEPS } = set.strategy
  const isHeld = stopped || set.strategy.paused || set.strategy.type === 'NotUpdate'
  const canary = advance({
    progress,
    canary: declared,
    counts: {
      matched,
      reachable: having + selectedOf(candidates, set.strategy).length,
      having,
      settled: settled.count + updated.filter(({ stage }) => stage === 'resting').length,
    },
    permission,
    isHeld,
    now: input.now,
  })
  const starts = chooseStarts({
    ...{ input, views, settled, candidates, target, stopped, rollback },
    ending: endingOf(decisions),
    canary: rollback ? NO_CANARY : canary,
    permission: rollback ? PROCEED : permission,
  })
  const complete =
    having === matched &&
    failures.length === 0 &&
    upgrading.length === 0 &&
    !stopped &&
    canary.view === undefined
  const failed = views.filter((view) => failedAt(view, revisions.latest) || failedAt(view, target))
  const busy = starts.waiting + upgrading.length + starts.started > 0
  const stands =
    isHeld || !busy || permission.kind === 'pause' || canary.view?.hold?.kind === 'people'
  const pausing = canary.view?.hold?.kind === 'time'
  const clocked = withClock(canary.progress, stands || pausing, input.now)
  const kept = [...decisions, ...starts.decisions].map((one) => lookAfter(one, target, input))
  return {
    decisions: kept.map(({ decision }) => decision),
    settled: settled.count,
    toAsk: kept.flatMap(({ decision, needsAgent }) => (needsAgent ? [decision.view] : [])),
    hasRefusedResizes: kept.some(({ isRefused }) => isRefused === true),
    wantedImages: starts.wantedImages,
    progress: complete ? undefined : clocked,
    command,
    summary: {
      matched,
      updated: having,
      ready: settled.count + views.filter((view) => view.ready).length,
      updatedReady: settled.count + updated.filter((view) => view.ready).length,
      // Those that start now are in flight by the time anybody reads this.
      upgrading: upgrading.length + starts.started,
      failed: failed.length,
      waiting: starts.waiting,
      kept: starts.kept,
      notUpgradable,
      stopped,
      target,
      rollback,
      step: canary.view,
      failure: firstFailure(failures) ?? rememberedFailure(failure),
      imageFailure: starts.imageFailure,
      lastProgress: lastProgress(clocked, [
        settled.lastUpdate,
        ...views.map((view) => updateTime(view, target)),
      ]),
      isClockRunning: clocked.heldSince === undefined,
      waitsFor: starts.waitsFor,
      complete,
    },
  }
}

/** Keys of pods whose success is about to be written down: they are in nobody's way any more. */
function endingOf(decisions: readonly Decision[]): ReadonlySet<string> {
  const ending = decisions.filter((one) => isSuccess(one) && one.view.ready)
  return new Set(ending.map(({ view }) => view.key))
}

/** Did an attempt at this very revision (not at an earlier one with the same template) fail here? */
function failedAt(view: PodView, revision: Revision): boolean {
  const { state, stage } = view
  const failed = stage === 'toRevert' || state?.reverted === true
  return failed && state?.revision === revision.hash && state.number === revision.number
}

function obstacleTo(
  view: PodView,
  target: Revision,
  steps: readonly ContainerStep[],
): string | undefined {
  if (changesMore(view, target)) {
    return 'more than images changed: only a new pod can have the new revision'
  }
  return steps.find((step) => step.kind === 'impossible')?.sentence
}

function idle(view: PodView, reason: IdleReason, sentence: string): Decision {
  return { kind: 'none', view, reason, sentence }
}

function rememberedFailure(failure: RevisionFailure | undefined): RolloutFailure | undefined {
  return failure === undefined ? undefined : { reason: failure.reason, sentence: failure.message }
}

function firstFailure(views: readonly PodView[]): RolloutFailure | undefined {
  const view = views.find((one) => one.result !== undefined)
  if (view?.result === undefined) return undefined
  return { pod: view.key, reason: view.result.reason, sentence: view.result.sentence }
}
