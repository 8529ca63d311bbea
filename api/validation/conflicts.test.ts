import { expect } from 'chai'
import type { SidecarContainer, SidecarSet, SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { conflictViolations } from './conflicts.ts'

const cold = (name: string): SidecarContainer => ({ name, image: `${name}:v1` })
const hot = (name: string): SidecarContainer => ({
  ...cold(name),
  upgradeStrategy: { upgradeType: 'HotUpgrade', handover: {} },
})

function named(name: string, spec: Partial<SidecarSetSpec>): SidecarSet {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name },
    spec: { selector: { matchLabels: { app: 'shop' } }, ...spec },
  }
}

const cases: readonly (readonly [
  string,
  Partial<SidecarSetSpec>,
  Partial<SidecarSetSpec>,
  ...string[],
])[] = [
  ['different containers', { containers: [cold('a')] }, { containers: [cold('b')] }],
  [
    'a container of the same name',
    { containers: [cold('a')] },
    { initContainers: [cold('a')] },
    'spec.containers[0].name',
  ],
  [
    'a container named as a slot of the other',
    { containers: [cold('proxy-2')] },
    { containers: [hot('proxy')] },
    'spec.containers[0].name',
  ],
  [
    'both slots of a hot container of the same name',
    { containers: [hot('proxy')] },
    { containers: [hot('proxy')] },
    'spec.containers[0].name',
    'spec.containers[0].name',
  ],
  [
    'the same name, where no pod can match both',
    { containers: [cold('a')] },
    { containers: [cold('a')], selector: { matchLabels: { app: 'bank' } } },
  ],
  [
    'the same name, where a pod can match both by different labels',
    { containers: [cold('a')] },
    { containers: [cold('a')], selector: { matchExpressions: [{ key: 'b', operator: 'Exists' }] } },
    'spec.containers[0].name',
  ],
  [
    'the same name, in namespaces that no selector shares',
    { containers: [cold('a')], namespaceSelector: { matchLabels: { team: 'one' } } },
    { containers: [cold('a')], namespaceSelector: { matchLabels: { team: 'two' } } },
  ],
  [
    'equal volumes',
    { volumes: [{ name: 'data', emptyDir: {} }] },
    { volumes: [{ name: 'data', emptyDir: {} }] },
  ],
  [
    'different volumes of one name',
    { volumes: [{ name: 'data', emptyDir: {} }] },
    { volumes: [{ name: 'data', emptyDir: { medium: 'Memory' } }] },
    'spec.volumes[0]',
  ],
]

describe('two sets that may select one pod have', () => {
  for (const [name, spec, other, ...fields] of cases) {
    it(name, () => {
      const violations = conflictViolations(named('mine', spec), [named('theirs', other)])
      expect(violations.map(({ field }) => field)).to.deep.equal(fields)
    })
  }

  it('no conflict when they are the same set', () => {
    const mine = named('mine', { containers: [cold('a')] })
    expect(conflictViolations(mine, [mine])).to.deep.equal([])
  })
})
