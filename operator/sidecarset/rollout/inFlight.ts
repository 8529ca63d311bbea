import type { HandoverStatus } from '../../../api/agentStatus.ts'
import { judgeAttempt } from './attempt.ts'
import { containerSteps } from './containerSteps.ts'
import type { Decision } from './decision.ts'
import type { RolloutInput } from './plan.ts'
import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'

/** The next step of a pod whose upgrade is not over. */
export function decideInFlight(view: PodView, target: Revision, input: RolloutInput): Decision {
  const { state } = view
  if (state?.id === undefined) return waiting(view, 'nothing is known of its upgrade')
  if (input.unwritable.has(view.key)) {
    return { kind: 'none', view, reason: 'WriteFailed', sentence: 'the last write was refused' }
  }
  if (view.stage === 'toRevert') return { kind: 'revertFailed', view, state }
  const correction = correctionOf(view, target, input)
  if (correction !== undefined) return correction

  const attempt = judgeAttempt({
    view,
    state,
    agent: input.agents.get(view.key),
    coldFollows: state.step === 'hot' && Object.keys(state.from.images).length > 0,
    coldDeadlineSeconds: input.set.strategy.progressDeadlineSeconds,
    now: input.now,
  })
  switch (attempt.kind) {
    case 'inFlight':
      return waiting(view, attempt.sentence)
    case 'stepDone':
      return (
        startCold(view, state, attempt.handovers, input) ?? waiting(view, 'its revision is gone')
      )
    case 'settled':
    case 'failed': {
      const reason = attempt.kind === 'failed' ? attempt.reason : ''
      const { kind: outcome, sentence, handovers } = attempt
      const result = { id: state.id, outcome, reason, sentence }
      return { kind: 'recordResult', view, result, handovers }
    }
  }
}

/**
 * The spec went back while the pod is on its way: it need not wait for the deadline of an image
 * that nobody wants any more. Only where that takes no image of a hot container: its idle slot is
 * busy. Cold containers just get the other image.
 */
function correctionOf(
  view: PodView,
  target: Revision,
  { set }: RolloutInput,
): Decision | undefined {
  if (set.strategy.paused || set.strategy.type === 'NotUpdate') return undefined
  if (view.state === undefined || view.state.revision === target.hash) return undefined
  const steps = containerSteps(view, target.template)
  const quick = steps.every((step) => step.kind !== 'patch' && step.kind !== 'impossible')
  if (!quick || steps.every((step) => step.kind === 'keep')) return undefined
  const annotationsOnly = steps.every((step) => step.kind === 'swap' || step.kind === 'keep')
  return { kind: annotationsOnly ? 'swapBack' : 'startUpgrade', view, target, steps }
}

function startCold(
  view: PodView,
  state: NonNullable<PodView['state']>,
  handovers: readonly HandoverStatus[],
  { revisions }: RolloutInput,
): Decision | undefined {
  const target = [revisions.latest, revisions.current].find((one) => one?.hash === state.revision)
  return target === undefined ? undefined : { kind: 'startCold', view, target, state, handovers }
}

function waiting(view: PodView, sentence: string): Decision {
  return { kind: 'none', view, reason: 'InFlight', sentence }
}
