import { expect } from 'chai'
import type { CanaryStep, RolloutProgress } from '../../../api/v1beta1/sidecarset.ts'
import type { Permission } from '../analysis/verdict.ts'
import { advance } from './advance.ts'
import type { StepCounts } from './advance.ts'
import { stepText } from './stepText.ts'

const now = Date.parse('2025-01-01T01:00:00Z')
const started = '2025-01-01T00:00:00Z'
const minuteAgo = '2025-01-01T00:59:00Z'
const steps: readonly CanaryStep[] = [
  { replicas: 1, pause: {} },
  { replicas: '50%', pause: { seconds: 120 } },
  { replicas: '100%' },
]

interface Case {
  readonly at: Partial<RolloutProgress>
  readonly steps?: readonly CanaryStep[]
  readonly counts?: Partial<StepCounts>
  readonly permission?: Permission['kind']
  readonly isHeld?: boolean
  /** Step, room, and what is waited for. */
  readonly expected: string
}

function look({ at, counts = {}, permission = 'proceed', isHeld = false, ...rest }: Case): string {
  const declared = rest.steps ?? steps
  const { progress, view, room } = advance({
    progress: { revision: 'new', number: 2, startedAt: started, ...at },
    canary: { steps: declared, maxPauseSeconds: 3600 },
    counts: { matched: 10, reachable: 10, having: 0, settled: 0, ...counts },
    permission: {
      kind: permission,
      verdict: { kind: 'running', metric: 'cut', sentence: '0 cut' },
    },
    isHeld,
    now,
  })
  const where = progress.step === undefined ? 'behind' : `step ${progress.step}`
  const since = progress.reachedAt === undefined ? '' : ' reached'
  return `${where}${since}, ${room} may start${view === undefined ? '' : `: ${stepText(view, { set: 'mesh', revision: 'new' }).sentence}`}`
}

const one = { having: 1, settled: 1 }
const five = { having: 5, settled: 5 }

describe('the steps of a canary', () => {
  const cases: Record<string, Case> = {
    'begin with as many pods as the first step is for': {
      at: { step: 1 },
      expected: 'step 1, 1 may start: step 1 of 3 is for 1 pod, revision new is on 0',
    },
    'wait for pods in flight without starting others': {
      at: { step: 1 },
      counts: { having: 1, settled: 0 },
      expected: 'step 1, 0 may start: step 1 of 3 is for 1 pod, revision new is on 0',
    },
    'pause once the pods are there': {
      at: { step: 1 },
      counts: one,
      expected:
        'step 1 reached, 0 may start: step 1 of 3 waits since 2025-01-01T01:00:00Z for people: kubectl baton resume mesh',
    },
    'go on when somebody has resumed': {
      at: { step: 1, reachedAt: minuteAgo, resumedAt: minuteAgo },
      counts: one,
      expected: 'step 2, 4 may start: step 2 of 3 is for 5 pods, revision new is on 1',
    },
    'pause for the time that is left': {
      at: { step: 2, reachedAt: minuteAgo },
      counts: five,
      expected: 'step 2 reached, 0 may start: step 2 of 3 pauses until 2025-01-01T01:01:00Z',
    },
    'go on when the time is over': {
      at: { step: 2, reachedAt: started },
      counts: five,
      expected: 'step 3, 5 may start: step 3 of 3 is for 10 pods, revision new is on 5',
    },
    'wait for the analysis when the pause is over': {
      at: { step: 2, reachedAt: started },
      counts: five,
      permission: 'hold',
      expected: 'step 2 reached, 0 may start: step 2 of 3 waits for its analysis: 0 cut',
    },
    'look at one step at a time': {
      at: { step: 3 },
      counts: { having: 10, settled: 10 },
      expected: 'step 3 reached, 0 may start: step 3 of 3 is over',
    },
    'are behind after the last one': {
      at: { step: 3, reachedAt: started },
      counts: { having: 10, settled: 10 },
      expected: 'behind, Infinity may start',
    },
    'make up for pods that were lost in a pause, and count its time from the first time on': {
      at: { step: 2, reachedAt: started },
      counts: { having: 4, settled: 4 },
      expected: 'step 2 reached, 1 may start: step 2 of 3 is for 5 pods, revision new is on 4',
    },
    'take no pod back when the workload has shrunk': {
      at: { step: 2, reachedAt: minuteAgo },
      counts: { matched: 4, reachable: 4, having: 4, settled: 4 },
      expected: 'step 2 reached, 0 may start: step 2 of 3 pauses until 2025-01-01T01:01:00Z',
    },
    'keep the number of pods in a step that names none': {
      at: { step: 2 },
      steps: [{ replicas: 3 }, { pause: {} }],
      counts: { having: 2, settled: 2 },
      expected: 'step 2, 1 may start: step 2 of 2 is for 3 pods, revision new is on 2',
    },
    'ask for no more pods than there are': {
      at: { step: 1 },
      steps: [{ replicas: 20 }],
      expected: 'step 1, 10 may start: step 1 of 1 is for 10 pods, revision new is on 0',
    },
    'wait for the first pod of a workload that has none': {
      at: { step: 1 },
      counts: { matched: 0, reachable: 0 },
      expected: 'step 1, 0 may start: step 1 of 3 is for 0 pods, revision new is on 0',
    },
    'do not advance while the rollout is held': {
      at: { step: 2, reachedAt: started },
      counts: five,
      isHeld: true,
      expected: 'step 2 reached, 0 may start: step 2 of 3 is over',
    },
  }
  for (const [name, one] of Object.entries(cases)) {
    it(name, () => {
      expect(look(one)).to.equal(one.expected)
    })
  }
})
