import { expect } from 'chai'
import type { SidecarSetSpec } from '../../api/v1beta1/sidecarset.ts'
import { selectsPod } from './selection.ts'
import { pod, sidecarSet } from './testing/build.ts'

const namespace = { name: 'shop', labels: { env: 'prod' } }

const cases: Readonly<Record<string, readonly [Partial<SidecarSetSpec>, boolean]>> = {
  'labels that fit, in any namespace': [{}, true],
  'labels that do not': [{ selector: { matchLabels: { app: 'shop', tier: 'web' } } }, false],
  'expressions that fit': [
    { selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } },
    true,
  ],
  'expressions that do not': [
    { selector: { matchExpressions: [{ key: 'tier', operator: 'Exists' }] } },
    false,
  ],
  'a namespace that fits': [{ namespaceSelector: { matchLabels: { env: 'prod' } } }, true],
  'a namespace that does not': [{ namespaceSelector: { matchLabels: { env: 'test' } } }, false],
}

describe('a set selects a pod by', () => {
  for (const [name, [spec, expected]] of Object.entries(cases)) {
    it(`${name}: ${expected ? 'yes' : 'no'}`, () => {
      expect(selectsPod(sidecarSet(spec), pod(), namespace)).to.equal(expected)
    })
  }
})
