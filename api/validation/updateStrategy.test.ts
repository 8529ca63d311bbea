import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'

const refused: Refusals = {
  'an unknown updateStrategy.type': [
    { updateStrategy: { type: 'Rolling' } },
    'spec.updateStrategy.type',
    '"Rolling"',
    'NotUpdate, RollingUpdate',
  ],
  'an unknown onFailure': [
    { updateStrategy: { onFailure: 'Ignore' } },
    'spec.updateStrategy.onFailure',
    '"Ignore"',
    'Pause, Rollback',
  ],
  'maxUnavailable 0': [
    { updateStrategy: { maxUnavailable: 0 } },
    'spec.updateStrategy.maxUnavailable',
    'is 0',
    'at least 1',
  ],
  'maxUnavailable 0%': [
    { updateStrategy: { maxUnavailable: '0%' } },
    'spec.updateStrategy.maxUnavailable',
    '"0%"',
  ],
  'a maxUnavailable that is no number': [
    { updateStrategy: { maxUnavailable: 'some' } },
    'spec.updateStrategy.maxUnavailable',
    '"some"',
    'percentage',
  ],
  'a number in quotes': [
    { updateStrategy: { maxUnavailable: '2' } },
    'spec.updateStrategy.maxUnavailable',
    'is "2"',
    'whole number such as 2',
  ],
  'a negative partition': [
    { updateStrategy: { partition: -1 } },
    'spec.updateStrategy.partition',
    'is -1',
  ],
  'a partition above 100 %': [
    { updateStrategy: { partition: '101%' } },
    'spec.updateStrategy.partition',
    '"101%"',
  ],
  'failureLimit 0': [{ updateStrategy: { failureLimit: 0 } }, 'spec.updateStrategy.failureLimit'],
  'progressDeadlineSeconds 0': [
    { updateStrategy: { progressDeadlineSeconds: 0 } },
    'spec.updateStrategy.progressDeadlineSeconds',
  ],
  'a partition together with a selector': [
    { updateStrategy: { partition: '50%', selector: { matchLabels: { tier: 'canary' } } } },
    'spec.updateStrategy.partition',
    '"50%"',
    'spec.updateStrategy.selector',
  ],
}

describe('validation of an update strategy refuses', () => {
  itRefuses(refused)
})
