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
  'maxUnavailablePerWorkload 0': [
    { updateStrategy: { maxUnavailablePerWorkload: 0 } },
    'spec.updateStrategy.maxUnavailablePerWorkload',
  ],
  'a weight of more than 100': [
    {
      updateStrategy: {
        priorityStrategy: { weightPriority: [{ weight: 101, matchSelector: {} }] },
      },
    },
    'spec.updateStrategy.priorityStrategy.weightPriority[0].weight',
    'from 1 to 100',
  ],
  'weights beside an order': [
    {
      updateStrategy: {
        priorityStrategy: {
          weightPriority: [{ weight: 1, matchSelector: {} }],
          orderPriority: [{ orderedKey: 'rank' }],
        },
      },
    },
    'spec.updateStrategy.priorityStrategy.orderPriority',
  ],
  'an order by no label': [
    { updateStrategy: { priorityStrategy: { orderPriority: [{ orderedKey: '' }] } } },
    'spec.updateStrategy.priorityStrategy.orderPriority[0].orderedKey',
  ],
  'a scatter over no label': [
    { updateStrategy: { scatterStrategy: [{ key: '', value: 'a' }] } },
    'spec.updateStrategy.scatterStrategy[0].key',
  ],
  'a step of a canary with nothing in it': [
    { updateStrategy: { canary: { steps: [{ replicas: 1 }, {}] } } },
    'spec.updateStrategy.canary.steps[1]',
    'is {}',
    'replicas, a pause or an analysis',
  ],
  'a step for no pod': [
    { updateStrategy: { canary: { steps: [{ replicas: '0%' }] } } },
    'spec.updateStrategy.canary.steps[0].replicas',
    'at least 1',
  ],
  'a step for more than all pods': [
    { updateStrategy: { canary: { steps: [{ replicas: '120%' }] } } },
    'spec.updateStrategy.canary.steps[0].replicas',
    '"120%"',
  ],
  'a step with fewer pods than the one before': [
    { updateStrategy: { canary: { steps: [{ replicas: 2 }, { pause: {} }, { replicas: 1 }] } } },
    'spec.updateStrategy.canary.steps[2].replicas',
    'is 1',
    'step 1 has more, 2',
  ],
  'a rollback window that is no number': [
    { updateStrategy: { rollbackWindow: { revisions: -1 } } },
    'spec.updateStrategy.rollbackWindow.revisions',
  ],
  'a pause of no time': [
    { updateStrategy: { canary: { steps: [{ pause: { seconds: 0 } }] } } },
    'spec.updateStrategy.canary.steps[0].pause.seconds',
  ],
  'a longest pause of no time': [
    { updateStrategy: { canary: { maxPauseSeconds: 0 } } },
    'spec.updateStrategy.canary.maxPauseSeconds',
  ],
}

describe('validation of an update strategy refuses', () => {
  itRefuses(refused)
})
