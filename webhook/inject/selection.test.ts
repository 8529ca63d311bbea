import { expect } from 'chai'
import type { SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import { selectsPod } from './selection.ts'
import { pod, sidecarSet } from './testing/build.ts'

type Expressions = NonNullable<SidecarSetSpec['selector']['matchExpressions']>
const namespace = { name: 'shop', labels: { env: 'prod' } }

function byExpression(...matchExpressions: Expressions): Partial<SidecarSetSpec> {
  return { selector: { matchExpressions } }
}

const cases: Readonly<Record<string, readonly [Partial<SidecarSetSpec>, boolean]>> = {
  'labels that fit': [{}, true],
  'labels that do not': [{ selector: { matchLabels: { app: 'shop', tier: 'web' } } }, false],
  'a namespace that fits': [{ namespaceSelector: { matchLabels: { env: 'prod' } } }, true],
  'a namespace that does not': [{ namespaceSelector: { matchLabels: { env: 'test' } } }, false],
  'In with the value': [
    byExpression({ key: 'app', operator: 'In', values: ['web', 'shop'] }),
    true,
  ],
  'In without the label': [byExpression({ key: 'tier', operator: 'In', values: ['web'] }), false],
  'NotIn with the value': [
    byExpression({ key: 'app', operator: 'NotIn', values: ['shop'] }),
    false,
  ],
  'NotIn without the label': [
    byExpression({ key: 'tier', operator: 'NotIn', values: ['web'] }),
    true,
  ],
  Exists: [byExpression({ key: 'app', operator: 'Exists' }), true],
  'Exists without the label': [byExpression({ key: 'tier', operator: 'Exists' }), false],
  DoesNotExist: [byExpression({ key: 'tier', operator: 'DoesNotExist' }), true],
  'DoesNotExist with the label': [byExpression({ key: 'app', operator: 'DoesNotExist' }), false],
  'one expression of two that fails': [
    byExpression({ key: 'app', operator: 'Exists' }, { key: 'tier', operator: 'Exists' }),
    false,
  ],
  'an operator that does not exist': [byExpression({ key: 'app', operator: 'Equals' }), false],
}

describe('a set selects a pod by', () => {
  for (const [name, [spec, expected]] of Object.entries(cases)) {
    it(`${name}: ${expected ? 'yes' : 'no'}`, () => {
      expect(selectsPod(sidecarSet(spec), pod(), namespace)).to.equal(expected)
    })
  }
})
