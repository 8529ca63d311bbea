import { defineMetrics } from '../../../api/analysis/index.ts'
import type { MetricDefinition } from '../../../api/analysis/index.ts'
import type {
  Analysis,
  AnalysisRunStatus,
  AnalysisStatus,
  BackgroundAnalysis,
} from '../../../api/v1beta1/analysis.ts'
import { budgetVerdict, judgeBudget } from './budget.ts'
import type { HandoverNumbers } from './handoverLedger.ts'
import { measuredPods, notReadyPods } from './measuredPods.ts'
import type { ComparedPods } from './measuredPods.ts'
import type { Order } from './measurer.ts'
import { advanceRun, worst } from './run.ts'
import type { Answer, RunResult } from './run.ts'
import { NO_VERDICTS, permissionOf } from './verdict.ts'
import type { AnalysisVerdict, RolloutVerdicts } from './verdict.ts'

/** The rollout that is analysed, as the status has it. */
export interface AnalysedRollout {
  readonly revision: string
  readonly number: number
  readonly step?: number
  /** When the pods of the step first had the revision. */
  readonly reachedAt?: string
  /** When somebody decided to go on although an analysis was not sure. */
  readonly overruledAt?: string
  /** Why steps and analyses do not count. */
  readonly skipped?: string
  /** Why the revision counts as failed. */
  readonly failure?: object
}

export interface AnalysesInput {
  /** As the status has it. */
  readonly before: AnalysisStatus | undefined
  /** Undefined when nothing is to be analysed: nothing goes on, or it goes back. */
  readonly rollout: AnalysedRollout | undefined
  readonly background: BackgroundAnalysis
  /** Of the present step. */
  readonly step: Analysis | undefined
  readonly pods: ComparedPods
  readonly numbers: HandoverNumbers
  readonly answers: ReadonlyMap<string, Answer>
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface AnalysesResult {
  readonly status: AnalysisStatus | undefined
  readonly verdicts: RolloutVerdicts
  readonly orders: readonly Order[]
  /** Answers that were taken in. They are needed until the status has been written. */
  readonly used: readonly string[]
  /** When there is something to measure next: milliseconds since the epoch. */
  readonly nextAt: number | undefined
}

/**
 * One look at everything that is measured in a rollout. Pure; what it must remember is in the status,
 * which stays there after the rollout to be read, until the next one begins.
 */
export function advanceAnalyses(input: AnalysesInput): AnalysesResult {
  const { rollout, pods, step, background, now } = input
  if (rollout === undefined) {
    return { status: input.before, verdicts: NO_VERDICTS, orders: [], used: [], nextAt: undefined }
  }
  const { revision, number } = rollout
  const isSame = input.before?.revision === revision && input.before.number === number
  const before = isSame ? input.before : undefined
  const budget =
    background.budget?.enabled === false
      ? undefined
      : judgeBudget(before?.budget, {
          budget: background.budget ?? {},
          numbers: input.numbers,
          upgraded: pods.upgraded.length,
          notReady: notReadyPods(pods.upgraded),
          now,
        })
  // Before the first pod has the revision there is nothing to look at.
  const hasBegun = before?.background !== undefined || pods.upgraded.length > 0
  const accompanying = hasBegun
    ? look(input, background, { before: overruled(before?.background, rollout), startedAt: now })
    : undefined
  const reachedAt = rollout.reachedAt === undefined ? undefined : Date.parse(rollout.reachedAt)
  const present =
    step === undefined || rollout.step === undefined
      ? undefined
      : reachedAt === undefined
        ? notReached(rollout.step)
        : look(input, step, {
            before: before?.step,
            startedAt: reachedAt,
            step: { step: rollout.step },
          })
  const runs = [accompanying, present].filter((one) => one !== undefined)
  const times = runs.flatMap(({ nextAt }) => nextAt ?? [])
  const verdicts: RolloutVerdicts = {
    background: worst([budgetVerdict(budget), accompanying?.verdict ?? { kind: 'none' }]),
    step: present?.verdict ?? { kind: 'none' },
  }
  return {
    status: {
      revision,
      number,
      ...(budget === undefined ? {} : { budget }),
      ...(accompanying?.run === undefined ? {} : { background: accompanying.run }),
      ...(present?.run === undefined ? {} : { step: present.run }),
    },
    verdicts,
    used: runs.flatMap(({ used }) => used),
    // What has failed goes back, and is looked at no more.
    ...(permissionOf(verdicts).kind === 'abort'
      ? { orders: [], nextAt: undefined }
      : {
          orders: runs.flatMap(({ due }) =>
            due.map((one) => ({ ...one, pods: measuredPods(pods, one.definition.window) })),
          ),
          nextAt: times.length === 0 ? undefined : Math.min(...times),
        }),
  }
}

type Look = Omit<RunResult, 'run'> & { readonly run: AnalysisRunStatus | undefined }

function look(
  { answers, now }: AnalysesInput,
  analysis: Analysis,
  about: {
    readonly before: AnalysisRunStatus | undefined
    readonly startedAt: number
    readonly step?: { readonly step: number }
  },
): Look | undefined {
  const definitions = definitionsOf(analysis)
  if (definitions === undefined) return unreadable()
  if (definitions.length === 0) return undefined
  const { before, startedAt, step } = about
  return advanceRun(before, { definitions, startedAt, ...step, answers, now })
}

/** Undefined: a set that came past the webhook, in which something cannot be read. */
function definitionsOf(analysis: Analysis): readonly MetricDefinition[] | undefined {
  try {
    return defineMetrics(analysis)
  } catch {
    return undefined
  }
}

function unreadable(): Look {
  const sentence = 'the analysis cannot be read: apply the set again, and see why it is refused'
  return pending({ kind: 'inconclusive', metric: 'analysis', sentence })
}

function notReached(step: number): Look {
  const sentence = `the analysis of step ${step} begins when its pods have the revision`
  return pending({ kind: 'running', metric: 'analysis', sentence })
}

function pending(verdict: AnalysisVerdict): Look {
  return { run: undefined, verdict, due: [], used: [], nextAt: undefined }
}

/**
 * Somebody has seen that an analysis is not sure, and went on: it begins again, or it would stop the
 * next step for what has been looked at.
 */
function overruled(
  run: AnalysisRunStatus | undefined,
  { overruledAt }: AnalysedRollout,
): AnalysisRunStatus | undefined {
  if (run === undefined || overruledAt === undefined) return run
  const unsure = run.metrics.find(({ verdict }) => verdict === 'Inconclusive')
  const last = Date.parse(unsure?.measurements.at(-1)?.at ?? '')
  return unsure !== undefined && last <= Date.parse(overruledAt) + 999 ? undefined : run
}
