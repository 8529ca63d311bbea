import { expect } from 'chai'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { aSet } from '../../testing/build.ts'
import { prefetchPod } from './prefetchPod.ts'
import { readPrefetch } from './readPrefetch.ts'

const created = Date.parse('2025-01-01T00:00:00Z')

function prefetch(status: NonNullable<Pod['status']>): Pod {
  const pod = prefetchPod({
    set: aSet(),
    node: 'node-a',
    image: 'proxy:2',
    agentImage: 'agent:1',
    namespace: 'baton-system',
  })
  return {
    ...pod,
    metadata: { ...pod.metadata, creationTimestamp: '2025-01-01T00:00:00Z' },
    status,
  }
}

type State = NonNullable<
  NonNullable<NonNullable<Pod['status']>['containerStatuses']>[number]['state']
>
const withState = (state: State): NonNullable<Pod['status']> => ({
  phase: 'Pending',
  containerStatuses: [
    { name: 'image', image: 'proxy:2', imageID: '', ready: false, restartCount: 0, state },
  ],
})
const waiting = (reason: string): NonNullable<Pod['status']> =>
  withState({ waiting: { reason, message: 'why' } })

describe('a prefetch pod', () => {
  const cases: Record<string, [NonNullable<Pod['status']>, string]> = {
    'is pulling while nothing is known': [{}, 'pulling'],
    'is pulling while the container is being made': [waiting('ContainerCreating'), 'pulling'],
    'has the image when the container ended well': [
      withState({ terminated: { exitCode: 0 } }),
      'present',
    ],
    'has the image when the container ended badly': [
      withState({ terminated: { exitCode: 139 } }),
      'present',
    ],
    'has the image while the container runs': [withState({ running: {} }), 'present'],
    'has failed when the tag does not exist': [
      waiting('ErrImagePull'),
      'failed: ErrImagePull: why',
    ],
    'has failed while the kubelet waits to try again': [
      waiting('ImagePullBackOff'),
      'failed: ImagePullBackOff: why',
    ],
    'has failed by a name that is none': [
      waiting('InvalidImageName'),
      'failed: InvalidImageName: why',
    ],
    'has failed when the node had no room for it': [
      { phase: 'Failed', reason: 'OutOfpods', message: 'no room' },
      'failed: OutOfpods: no room',
    ],
  }
  const read = (pod: Pod, now = created): string => {
    const state = readPrefetch(pod, { now, deadlineSeconds: 600 })
    return state.kind === 'failed' ? `failed: ${state.message}` : state.kind
  }
  for (const [name, [status, expected]] of Object.entries(cases)) {
    it(name, () => {
      expect(read(prefetch(status))).to.equal(expected)
    })
  }
  it('has failed when it takes longer than the deadline', () => {
    expect(read(prefetch({}), created + 600_001)).to.equal('failed: not pulled within 600 s')
  })
  it('goes straight to its node, under the restricted profile, and never twice', () => {
    const { spec, metadata } = prefetch({})
    expect(spec).to.include({ nodeName: 'node-a', restartPolicy: 'Never' })
    expect(spec?.securityContext).to.deep.include({ runAsNonRoot: true })
    for (const one of [...(spec?.containers ?? []), ...(spec?.initContainers ?? [])]) {
      expect(one.securityContext?.capabilities?.drop).to.deep.equal(['ALL'])
    }
    expect(metadata.name).to.equal(prefetch({}).metadata.name)
    expect(metadata.name).to.have.length.below(64)
  })
})
