import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'

const refused: Refusals = {
  'a set without a selector': [{ selector: undefined }, 'spec.selector', 'is not set'],
  'an empty selector': [{ selector: {} }, 'spec.selector', 'is {}', 'every pod'],
  'a selector with empty lists': [
    { selector: { matchLabels: {}, matchExpressions: [] } },
    'spec.selector',
    'every pod',
  ],
  'an operator that does not exist': [
    { selector: { matchExpressions: [{ key: 'a', operator: 'Equals', values: ['b'] }] } },
    'spec.selector.matchExpressions[0].operator',
    '"Equals"',
    'DoesNotExist',
  ],
  'In without values': [
    { selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } },
    'spec.selector.matchExpressions[0].values',
    'at least one',
  ],
  'Exists with values': [
    { selector: { matchExpressions: [{ key: 'a', operator: 'Exists', values: ['b'] }] } },
    'spec.selector.matchExpressions[0].values',
    'leave values out',
  ],
  'an empty namespaceSelector': [
    { namespaceSelector: {} },
    'spec.namespaceSelector',
    'leave the field out',
  ],
  'a set with nothing to inject': [{ containers: [] }, 'spec.containers', 'is []', 'add one'],
  'revisionHistoryLimit 0': [
    { revisionHistoryLimit: 0 },
    'spec.revisionHistoryLimit',
    'is 0',
    'at least 1',
  ],
}

describe('validation of selectors and of the set as a whole refuses', () => {
  itRefuses(refused)
})
