import { expect } from 'chai'
import { sidecarSet } from './testing/build.ts'
import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'
import { validateSidecarSet } from './validateSidecarSet.ts'

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
  'a label whose key cannot be': [
    { selector: { matchLabels: { 'a b': 'x' } } },
    'spec.selector.matchLabels[a b]',
    'example.com/app',
  ],
  'a label whose domain cannot be': [
    { selector: { matchExpressions: [{ key: 'Example_com/app', operator: 'Exists' }] } },
    'spec.selector.matchExpressions[0]',
  ],
  'a label whose value cannot be': [
    { selector: { matchLabels: { app: 'my shop' } } },
    'spec.selector.matchLabels[app]',
    '"my shop"',
  ],
  'a value in a list that cannot be': [
    { namespaceSelector: { matchExpressions: [{ key: 'a', operator: 'In', values: ['-'] }] } },
    'spec.namespaceSelector.matchExpressions[0]',
    '"-"',
  ],
  'an empty updateStrategy.selector': [
    { updateStrategy: { selector: {} } },
    'spec.updateStrategy.selector',
    'which pods are upgraded',
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

describe('validation of selectors takes', () => {
  const usual = ['app', 'example.com/app', 'kubernetes.io/metadata.name', 'a.b-c_d']
  for (const key of usual) {
    it(`the key ${key}, with a value or an empty one`, () => {
      for (const value of ['x', '', 'v1.2_3-a']) {
        const set = sidecarSet({ selector: { matchLabels: { [key]: value } } })
        expect(validateSidecarSet(set)).to.deep.equal([])
      }
    })
  }
})

describe('validation of selectors and of the set as a whole refuses', () => {
  itRefuses(refused)
})
