import { expect } from 'chai'
import fc from 'fast-check'
import type { CanaryStep, RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { aRevision, agentSays, aHandover, injectedPod } from '../../testing/build.ts'
import { carriedOut, idOf, now, plan, v1, v2, view } from '../../testing/planning.ts'
import type { RolloutPlan } from '../rollout/plan.ts'
import { stepGoal } from './stepGoal.ts'

const latest = aRevision(v2, 2)

/** What happens between two looks of the operator. */
type Move =
  | { readonly kind: 'scale'; readonly to: number; readonly victims: number }
  /** Upgrades on their way come to their end. */
  | { readonly kind: 'settle' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'resume' }

const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({
    kind: fc.constant('scale' as const),
    to: fc.integer({ min: 0, max: 12 }),
    victims: fc.integer({ min: 0, max: 1000 }),
  }),
  fc.constant({ kind: 'settle' as const }),
  fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
  fc.constant({ kind: 'resume' as const }),
)

const replicas = fc.oneof(
  fc.integer({ min: 1, max: 8 }),
  fc.integer({ min: 1, max: 100 }).map((percent) => `${percent}%`),
)
const steps: fc.Arbitrary<CanaryStep[]> = fc.array(
  fc.oneof(
    fc.record({ replicas }),
    fc.record({ replicas, pause: fc.constant({ seconds: 60 }) }),
    fc.record({ replicas, pause: fc.constant({}) }),
  ),
  { minLength: 1, maxLength: 4 },
)

/** A workload, its autoscaler, and an operator that is asked to look by hand. */
function createWorkload(declared: readonly CanaryStep[], maxUnavailable: number) {
  const strategy = { canary: { steps: declared }, maxUnavailable }
  let pods: readonly Pod[] = []
  let progress: RolloutProgress | undefined
  let clock = now
  let serial = 0

  const having = (): number => pods.filter((pod) => view(pod).entry.hash === latest.hash).length
  const settledAgents = () =>
    Object.fromEntries(
      pods
        .filter((pod) => view(pod).stage === 'inFlight')
        .map((pod) => [`default/${pod.metadata.name}`, agentSays(aHandover(idOf(pod)))]),
    )

  /** Carries out what a plan decides. Slots need no resize here, so one write is one upgrade. */
  function carryOut(result: RolloutPlan): void {
    const acting = new Set(
      result.decisions.flatMap((one) => (one.kind === 'none' ? [] : [one.view.key])),
    )
    pods = pods.map((pod) =>
      acting.has(`default/${pod.metadata.name}`) ? carriedOut(pod, result, clock) : pod,
    )
    progress = result.progress
  }

  return {
    having,
    look: (agents = {}): RolloutPlan => {
      const result = plan(pods, { strategy, progress, now: clock, agents })
      carryOut(result)
      return result
    },
    settledAgents,
    scale: (to: number, victims: number): void => {
      while (pods.length > to) pods = pods.toSpliced(victims % pods.length, 1)
      while (pods.length < to) {
        serial += 1
        // What the webhook does while steps are on; see revisionForNewPods.
        const containers = progress?.step === undefined && having() > 0 ? v2 : v1
        pods = [...pods, injectedPod(`p${serial}`, containers, { tellsResources: false })]
      }
    },
    wait: (seconds: number): void => {
      clock += seconds * 1000
    },
    resume: (): void => {
      if (progress?.reachedAt === undefined) return
      progress = { ...progress, resumedAt: new Date(clock).toISOString() }
    },
    size: () => pods.length,
    progress: () => progress,
  }
}

describe('a canary under an autoscaler', function () {
  this.timeout(120_000)

  it('never starts more pods than its step is for, takes none back, and comes to its end', () => {
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 4 }),
        fc.array(moves, { minLength: 1, maxLength: 25 }),
        (declared, maxUnavailable, list) => {
          const workload = createWorkload(declared, maxUnavailable)
          workload.scale(6, 0)
          for (const move of [...list, ...closing(declared)]) {
            if (move.kind === 'scale') workload.scale(move.to, move.victims)
            if (move.kind === 'wait') workload.wait(move.seconds)
            if (move.kind === 'resume') workload.resume()
            const before = { having: workload.having(), step: workload.progress()?.step }
            // No upgrade takes a minute.
            const settles = move.kind === 'settle' || move.kind === 'wait'
            const result = workload.look(settles ? workload.settledAgents() : {})
            const after = workload.having()
            expect(after).to.be.at.least(before.having)
            if (result.progress === undefined) break
            const { step } = result.progress
            if (step !== undefined) {
              const goal = stepGoal(declared, step, workload.size())
              expect(after).to.be.at.most(Math.max(goal, before.having))
              expect(step - (before.step ?? 1)).to.be.within(0, 1)
            }
          }
          expect(workload.progress()).to.equal(undefined)
          expect(workload.having()).to.equal(workload.size())
        },
      ),
      { numRuns: 60 },
    )
  })
})

/** Enough for whatever is left, once the autoscaler rests. */
function closing(declared: readonly CanaryStep[]): Move[] {
  const round: Move[] = [
    { kind: 'settle' },
    { kind: 'resume' },
    { kind: 'wait', seconds: 90 },
    { kind: 'settle' },
  ]
  const rounds = Array.from({ length: 3 * declared.length + 14 }, () => round)
  return [{ kind: 'scale', to: 7, victims: 1 }, ...rounds.flat()]
}
