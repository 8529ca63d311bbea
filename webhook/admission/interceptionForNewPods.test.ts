import { expect } from 'chai'
import type { StoredTrafficInterception } from '../../api/v1beta1/kinds.ts'
import type { TrafficInterceptionStatus } from '../../api/v1beta1/trafficinterception.ts'
import type { Pod } from '../inject/podTypes.ts'
import { interceptionForNewPod } from './interceptionForNewPods.ts'

interface Given {
  readonly enabled?: boolean
  readonly spec?: Partial<StoredTrafficInterception['spec']>
  readonly status?: TrafficInterceptionStatus
  readonly name?: string
  readonly createdAt?: string
  readonly namespace?: string
}

function object({ name = 'web', enabled = true, spec, status, ...given }: Given = {}) {
  const stored: StoredTrafficInterception = {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: {
      name,
      namespace: given.namespace ?? 'shop',
      generation: 2,
      creationTimestamp: given.createdAt ?? '2025-01-01T00:00:00Z',
    },
    spec: { selector: { matchLabels: { app: 'web' } }, enabled, ...spec },
    ...(status === undefined ? {} : { status }),
  }
  return stored
}

const pod: Pod = {
  metadata: {
    generateName: 'web-',
    labels: { app: 'web' },
    annotations: { 'baton.dev/sidecarset-working-hotupgrade-container': '{"proxy":"proxy-1"}' },
  },
  spec: {
    containers: [
      { name: 'app' },
      { name: 'proxy-1', securityContext: { runAsUser: 200 } },
      { name: 'proxy-2', securityContext: { runAsUser: 200 } },
      { name: 'baton-agent', securityContext: { runAsUser: 100 } },
    ],
  },
}

const progress = (reason: string, observedGeneration = 2): TrafficInterceptionStatus => ({
  observedGeneration,
  currentState: 'Disabled',
  conditions: [
    { type: 'Progressing', status: 'True', reason, message: '', lastTransitionTime: '' },
  ],
})
const partition = { rollout: { partition: '50%' } }

describe('a new pod', () => {
  const starts: Readonly<Record<string, readonly [Given, boolean | undefined]>> = {
    'starts on when its app is on': [{}, true],
    'starts off when its app is off': [{ enabled: false }, false],
    'starts on while the rollout goes on': [{ status: progress('RolloutInProgress') }, true],
    'starts as the app was while a partition keeps pods': [
      { spec: partition, status: progress('PartitionReached') },
      false,
    ],
    'starts as the app was when nobody has looked at the partition yet': [
      { spec: partition },
      false,
    ],
    'starts as the app was while paused': [{ spec: { rollout: { paused: true } } }, false],
    'starts on when all was done before it was paused': [
      { spec: { rollout: { paused: true } }, status: progress('RolloutCompleted') },
      true,
    ],
    'starts as the app was after a toggle failed': [{ status: progress('ToggleFailed') }, false],
    'starts as wanted when the failure was of an older wish': [
      { status: progress('ToggleFailed', 1) },
      true,
    ],
    'keeps interception while switching off is held back': [
      {
        enabled: false,
        spec: partition,
        status: { ...progress('PartitionReached'), currentState: 'Enabled' },
      },
      true,
    ],
    'is not meant by an object of another namespace': [{ namespace: 'other' }, undefined],
    'is not meant by one for other labels': [
      { spec: { selector: { matchLabels: { app: 'db' } } } },
      undefined,
    ],
    'is not meant by one for some nodes, as it has none yet': [
      { spec: { nodeSelector: { zone: 'a' } } },
      undefined,
    ],
    'is not meant by one for pods of other names': [{ spec: { podNames: ['web-1'] } }, undefined],
  }
  for (const [name, [given, enabled]] of Object.entries(starts)) {
    it(name, () => {
      expect(interceptionForNewPod(pod, 'shop', [object(given)])?.enabled).to.equal(enabled)
    })
  }

  it('gets what the oldest object wants, without the traffic of its proxy', () => {
    const young = object({ name: 'young', createdAt: '2025-01-02T00:00:00Z', enabled: false })
    const old = object({ name: 'old', spec: { inbound: { ports: [80] }, outbound: { ports: [] } } })
    const wanted = interceptionForNewPod(pod, 'shop', [young, old])
    expect(wanted).to.deep.include({ from: 'old', enabled: true, excludeUIDs: [200] })
    expect(wanted?.inbound).to.deep.include({ ports: [80], proxyPort: 15006 })
    expect(wanted).not.to.have.property('outbound')
  })
})
