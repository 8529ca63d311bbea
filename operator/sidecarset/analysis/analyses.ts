import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import type { SidecarSetStatus } from '../../../api/v1beta1/sidecarset.ts'
import type { Clock } from '../../../runtime/clock/clock.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Revision } from '../rollout/revision.ts'
import { advanceAnalyses } from './advance.ts'
import type { AnalysedRollout, AnalysesResult } from './advance.ts'
import type { AnalysisMetrics } from './analysisMetrics.ts'
import { createHandoverLedger } from './handoverLedger.ts'
import { comparedPods } from './measuredPods.ts'
import type { ComparedPods } from './measuredPods.ts'
import type { Measurer } from './measurer.ts'

/** Asks agents; no answer, no entry. */
type Ask = (views: readonly PodView[]) => Promise<ReadonlyMap<string, AgentStatus>>

export interface AnalysesOptions {
  readonly measurer: Measurer
  readonly metrics: AnalysisMetrics
  readonly clock: Clock
}

export interface AnalysesLook {
  readonly set: string
  readonly status: SidecarSetStatus
  readonly strategy: DefaultedUpdateStrategy
  readonly latest: Revision
  readonly current: Revision | undefined
  /** Of all pods of the set. */
  readonly views: () => readonly PodView[]
  /** Pods whose agents were asked for the plan, and what they said. */
  readonly asked: readonly PodView[]
  readonly agents: ReadonlyMap<string, AgentStatus>
  readonly ask: Ask
}

/** The analyses of all sets: what is measured goes on beside the reconciler. */
export interface Analyses {
  look(look: AnalysesLook): Promise<Pick<AnalysesResult, 'status' | 'verdicts' | 'nextAt'>>
  forget(set: string): void
}

/** Which pods have which revision is looked up so often at most: it is a look at every pod. */
const PODS_MS = 1_000
/** Pods that count as upgraded and drain on are asked so often, so many at a time. */
const DRAINING_MS = 10_000
const DRAINING_AT_A_TIME = 32

interface Known {
  readonly rollout: string
  readonly moment: string
  readonly pods: ComparedPods
  readonly podsAt: number
  readonly askedAt: number
}

export function createAnalyses({ measurer, metrics, clock }: AnalysesOptions): Analyses {
  const ledger = createHandoverLedger()
  const known = new Map<string, Known>()

  async function knownPods(
    { set, status, views, latest, current, ask }: AnalysesLook,
    now: number,
  ): Promise<ComparedPods> {
    const rollout = `${latest.hash}-${latest.number}`
    const found = known.get(set)
    const before = found?.rollout === rollout ? found : undefined
    // Who has the revision is another matter as soon as the status says so.
    const { updatedPods = 0, upgradingPods = 0, rollout: progress } = status
    const moment = `${updatedPods}/${upgradingPods}/${progress?.reachedAt ?? ''}`
    const isFresh = before?.moment === moment && now < before.podsAt + PODS_MS
    if (isFresh) return before.pods
    const compared = comparedPods(views(), latest.hash, current?.hash)
    const isTime = before === undefined || now >= before.askedAt + DRAINING_MS
    const askedAt = isTime ? now : before.askedAt
    known.set(set, { rollout, moment, pods: compared, podsAt: now, askedAt })
    if (isTime) {
      const open = ledger.open(set, latest, compared.upgraded).slice(0, DRAINING_AT_A_TIME)
      ledger.observe(set, latest, open, await ask(open))
    }
    return compared
  }

  return {
    look: async (look) => {
      const { set, status, strategy, latest, current, asked, agents } = look
      const rollout = analysedRollout(status, latest, current)
      const now = clock.now()
      if (rollout !== undefined) ledger.observe(set, latest, asked, agents)
      else known.delete(set)
      const pods = rollout === undefined ? { upgraded: [], stable: [] } : await knownPods(look, now)
      const steps = strategy.canary?.steps ?? []
      const result = advanceAnalyses({
        before: status.analysis,
        rollout,
        background: strategy.canary?.analysis ?? {},
        step: steps[(rollout?.step ?? 0) - 1]?.analysis,
        pods,
        numbers: ledger.numbers(set),
        answers: measurer.answers(set),
        now,
      })
      measurer.order(set, result.orders, result.used)
      metrics.update(set, result.status, result.verdicts)
      return result
    },
    forget: (set) => {
      known.delete(set)
      ledger.forget(set)
      measurer.order(set, [])
      metrics.remove(set)
    },
  }
}

/**
 * Undefined when there is nothing to analyse: no rollout by the status, the first revision of a set,
 * the way back, a revision that has failed, or steps that somebody skipped.
 */
function analysedRollout(
  { rollout }: SidecarSetStatus,
  latest: Revision,
  current: Revision | undefined,
): AnalysedRollout | undefined {
  const isIts = rollout?.revision === latest.hash && rollout.number === latest.number
  const isForward = current !== undefined && current.hash !== latest.hash
  if (rollout === undefined || !isIts || !isForward) return undefined
  const { skipped, failure }: AnalysedRollout = rollout
  return skipped === undefined && failure === undefined ? rollout : undefined
}
