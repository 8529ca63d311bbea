import type { HandoverStatus } from '../../../api/agentStatus.ts'
import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import { servingObstacle } from '../resize/resizeObstacle.ts'
import { judgeAttempt } from './attempt.ts'
import { containerSteps } from './containerSteps.ts'
import type { ContainerStep } from './containerSteps.ts'
import type { Decision } from './decision.ts'
import type { RolloutInput } from './plan.ts'
import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'
import type { UpgradeState } from './upgradeState.ts'

/** What the next step of a pod in flight depends on. */
export interface InFlightInput extends Pick<
  RolloutInput,
  'agents' | 'unwritable' | 'resizes' | 'viewOf' | 'now'
> {
  readonly strategy: DefaultedUpdateStrategy
  /** Revisions by hash. */
  readonly known: ReadonlyMap<string, Revision>
}

/**
 * The next step of a pod whose upgrade is not over.
 * @param target what the pod shall have; undefined when nobody wants anything of it any more
 */
export function decideInFlight(
  view: PodView,
  target: Revision | undefined,
  input: InFlightInput,
): Decision {
  const { state } = view
  if (state?.id === undefined) return waiting(view, 'nothing is known of its upgrade')
  if (input.unwritable.has(view.key)) {
    return { kind: 'none', view, reason: 'WriteFailed', sentence: 'the last write was refused' }
  }
  if (view.stage === 'toRevert') return { kind: 'revertFailed', view, state }
  const correction = target === undefined ? undefined : correctionOf(view, target, input)
  if (correction !== undefined) return correction

  const attempt = judgeAttempt({
    view,
    state,
    agent: input.agents.get(view.key),
    coldFollows: state.step !== 'cold' && Object.keys(state.from.images).length > 0,
    stepDeadlineSeconds: input.strategy.progressDeadlineSeconds,
    now: input.now,
  })
  switch (attempt.kind) {
    case 'inFlight':
      return waiting(view, attempt.sentence)
    case 'stepDone':
      return startNext(view, { ...state, id: state.id }, attempt.handovers, input)
    case 'settled':
    case 'failed': {
      const reason = attempt.kind === 'failed' ? attempt.reason : ''
      const { kind: outcome, handovers } = attempt
      const serving = state.hot.flatMap((name) => view.desired?.containers[name]?.active ?? [])
      const obstacle = servingObstacle(view.pod, serving, input.resizes.get(view.key))
      const less = obstacle === undefined ? '' : ` It has less than it should: ${obstacle}.`
      const sentence = attempt.sentence + (outcome === 'settled' ? less : '')
      const result = { id: state.id, outcome, reason, sentence }
      return { kind: 'recordResult', view, result, handovers }
    }
  }
}

/** What needs the other slot of a hot container, or cannot be done. */
const SLOW: readonly ContainerStep['kind'][] = ['patch', 'migrate', 'impossible']

/**
 * The spec went back while the pod is on its way: it need not wait for the deadline of an image
 * that nobody wants any more. Only where that takes no image of a hot container: its idle slot is
 * busy. Cold containers just get the other image.
 */
function correctionOf(
  view: PodView,
  target: Revision,
  { strategy }: InFlightInput,
): Decision | undefined {
  if (strategy.paused || strategy.type === 'NotUpdate') return undefined
  if (view.state === undefined || view.state.revision === target.hash) return undefined
  const steps = containerSteps(view, target.template)
  // Two processes of a sidecar may be there: both have a part to play until that is over.
  const migrating = view.state.step === 'cold' ? [] : Object.keys(view.state.migrating ?? {})
  const isGivenUp = (name: string): boolean =>
    steps.some(({ kind, container }) => kind === 'withdraw' && container.name === name)
  if (!migrating.every(isGivenUp)) return undefined
  const quick = steps.every((step) => !SLOW.includes(step.kind))
  if (!quick || steps.every((step) => step.kind === 'keep')) return undefined
  const annotationsOnly = steps.every((step) => step.kind === 'swap' || step.kind === 'keep')
  return { kind: annotationsOnly ? 'swapBack' : 'startUpgrade', view, target, steps }
}

function startNext(
  view: PodView,
  state: UpgradeState & { readonly id: string },
  handovers: readonly HandoverStatus[],
  { known }: InFlightInput,
): Decision {
  if (state.step === 'hot' && state.migrating !== undefined) {
    return { kind: 'startReset', view, state, handovers }
  }
  const target = known.get(state.revision)
  if (target !== undefined) return { kind: 'startCold', view, target, state, handovers }
  const sentence = `revision ${state.revision} is gone, and with it what its other containers should run`
  const result = { id: state.id, outcome: 'failed', reason: 'RevisionGone', sentence } as const
  return { kind: 'recordResult', view, result, handovers }
}

function waiting(view: PodView, sentence: string): Decision {
  return { kind: 'none', view, reason: 'InFlight', sentence }
}
