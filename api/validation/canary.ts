import { isIntOrPercent } from '../intOrPercent.ts'
import type { Canary, CanaryStep, IntOrPercent } from '../v1beta1/sidecarset.ts'
import { analysisViolations } from './analysis.ts'
import { handoverBudgetViolations } from './handoverBudget.ts'
import type { Violation } from './violation.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

const PATH = 'spec.updateStrategy.canary'

/** What is wrong with the steps of a canary. */
export function canaryViolations(canary: Canary | undefined): readonly Violation[] {
  if (canary === undefined) return []
  const steps = canary.steps ?? []
  return [
    ...wholeNumberViolations(PATH, canary, { maxPauseSeconds: 1 }),
    ...steps.flatMap((step, index) => [
      ...emptyStep(step, index),
      ...wrongReplicas(step, index),
      ...wholeNumberViolations(`${PATH}.steps[${index}].pause`, step.pause ?? {}, { seconds: 1 }),
      ...(step.analysis === undefined
        ? []
        : analysisViolations(`${PATH}.steps[${index}].analysis`, step.analysis, { ends: true })),
    ]),
    ...stepsBackwards(steps),
    ...analysisViolations(`${PATH}.analysis`, canary.analysis ?? {}, { ends: false }),
    ...handoverBudgetViolations(`${PATH}.analysis.budget`, canary.analysis?.budget ?? {}),
  ]
}

function emptyStep(step: CanaryStep, index: number): readonly Violation[] {
  if (Object.values(step).some((value: unknown) => value !== undefined)) return []
  return [
    {
      field: `${PATH}.steps[${index}]`,
      value: step,
      problem: 'there is nothing to do in this step',
      remedy: 'give it replicas, a pause or an analysis, or leave it out',
    },
  ]
}

function wrongReplicas({ replicas }: CanaryStep, index: number): readonly Violation[] {
  if (replicas === undefined) return []
  const share = Number.parseInt(String(replicas), 10)
  const isTooMuch = typeof replicas === 'string' && share > 100
  if (isIntOrPercent(replicas) && share > 0 && !isTooMuch) return []
  return [
    {
      field: `${PATH}.steps[${index}].replicas`,
      value: replicas,
      problem: 'this is neither a number of pods nor a share of them',
      remedy: 'use a whole number of at least 1, or a percentage from 1% to 100%',
    },
  ]
}

/** No step takes the revision away from a pod, so one with fewer pods would have no effect. */
function stepsBackwards(steps: readonly CanaryStep[]): readonly Violation[] {
  const declared = steps.flatMap(({ replicas }, index) =>
    replicas === undefined || !isIntOrPercent(replicas) ? [] : [{ replicas, index }],
  )
  return declared.flatMap(({ replicas, index }, position) => {
    const before = declared[position - 1]
    if (before === undefined || !isLess(replicas, before.replicas)) return []
    return [
      {
        field: `${PATH}.steps[${index}].replicas`,
        value: replicas,
        problem: `step ${before.index + 1} has more, ${before.replicas}, and no step takes pods back`,
        remedy: 'let the numbers grow from step to step',
      },
    ]
  })
}

/** False also where a number and a percentage cannot be compared without knowing the pods. */
function isLess(left: IntOrPercent, right: IntOrPercent): boolean {
  return (
    typeof left === typeof right &&
    Number.parseInt(String(left), 10) < Number.parseInt(String(right), 10)
  )
}
