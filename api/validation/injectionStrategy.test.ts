import { expect } from 'chai'
import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { injectionStrategyViolations } from './injectionStrategy.ts'

const REVISION = 'spec.injectionStrategy.revision'
const cases: readonly (readonly [string, Partial<SidecarSetSpec>, ...string[]])[] = [
  ['nothing is said', {}],
  ['a version is a label', { customVersion: 'v1.2.3_rc' }],
  ['a version is empty', { customVersion: '' }],
  ['a version is no label', { customVersion: 'v 1' }, 'spec.customVersion'],
  ['a version is too long', { customVersion: 'v'.repeat(64) }, 'spec.customVersion'],
  ['a revision is pinned by name', { injectionStrategy: { revision: { revisionName: 'mesh-1' } } }],
  [
    'a revision is pinned by version',
    { injectionStrategy: { revision: { customVersion: 'v1', policy: 'Partial' } } },
  ],
  ['neither name nor version is given', { injectionStrategy: { revision: {} } }, REVISION],
  [
    'the policy is misspelt',
    {
      injectionStrategy: { revision: { revisionName: 'mesh-1', policy: 'partial' as 'Partial' } },
    },
    `${REVISION}.policy`,
  ],
]

describe('the revision for new pods is checked when', () => {
  for (const [name, spec, ...fields] of cases) {
    it(name, () => {
      const violations = injectionStrategyViolations({ selector: {}, ...spec })
      expect(violations.map(({ field }) => field)).to.deep.equal(fields)
    })
  }
})
