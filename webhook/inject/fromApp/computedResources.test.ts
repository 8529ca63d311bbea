import { expect } from 'chai'
import type { ResourcesPolicy } from '../../../api/v1beta1/sidecarset.ts'
import { pod } from '../testing/build.ts'
import { computedResources } from './computedResources.ts'

type Resources = Readonly<Record<string, Readonly<Record<string, string>>>>

const app = (name: string, resources: Resources = {}) => ({ name, image: 'app:v1', resources })
const two = pod({
  initContainers: [
    { ...app('native', { limits: { cpu: '4' } }), restartPolicy: 'Always' },
    app('ends', { limits: { cpu: '8' } }),
  ],
  containers: [
    app('one', { limits: { cpu: '1', memory: '64Mi' }, requests: { cpu: '200m' } }),
    app('two', { limits: { cpu: '3' }, requests: { cpu: '300m', memory: '10Mi' } }),
  ],
})

const all: ResourcesPolicy = {
  targetContainersNameRegex: '^(one|two)$',
  resourcesExpr: {
    limits: { cpu: 'cpu', memory: 'memory' },
    requests: { cpu: 'cpu', memory: 'memory' },
  },
}

const cases: readonly (readonly [string, ResourcesPolicy, object])[] = [
  [
    'sums, without the limit that one of them lacks',
    all,
    { limits: { cpu: '4' }, requests: { cpu: '500m', memory: '10Mi' } },
  ],
  [
    'takes the largest, without the limit that one of them lacks',
    { ...all, targetContainersMode: 'max' },
    { limits: { cpu: '3' }, requests: { cpu: '300m', memory: '10Mi' } },
  ],
  [
    'counts native sidecars of the pod, but no init container that ends',
    { ...all, targetContainersNameRegex: '.*' },
    { limits: { cpu: '8' }, requests: { cpu: '500m', memory: '10Mi' } },
  ],
  [
    'lowers a request that comes out above its limit',
    {
      targetContainersNameRegex: 'one',
      resourcesExpr: { limits: { memory: 'memory/2' }, requests: { memory: '1Gi' } },
    },
    { limits: { memory: '32Mi' }, requests: { memory: '32Mi' } },
  ],
  [
    'leaves out what no expression asks for',
    { targetContainersNameRegex: 'one', resourcesExpr: { requests: { cpu: 'cpu*50%' } } },
    { requests: { cpu: '100m' } },
  ],
]

describe('resources that are computed from those of the app', () => {
  for (const [name, policy, resources] of cases) {
    it(name, () => {
      expect(computedResources(policy, two)).to.deep.equal({ resources })
    })
  }

  it('are a problem when no container matches', () => {
    expect(computedResources({ ...all, targetContainersNameRegex: 'no' }, two)).to.deep.equal({
      problem:
        'no container of the pod has a name that matches "no", from which its resources would be computed',
    })
  })

  it('are a problem when the result is negative in this pod', () => {
    const policy = { ...all, resourcesExpr: { requests: { cpu: 'cpu - 2' } } }
    expect(computedResources(policy, two)).to.deep.equal({
      problem:
        'its resources cannot be computed: resourcesExpr.requests.cpu: the result is negative',
    })
  })
})
