import { expect } from 'chai'
import { annotations } from '../../api/group.ts'
import type { SidecarContainer } from '../../api/v1beta1/sidecarset.ts'
import type { InjectionContext } from './inject.ts'
import { inject } from './inject.ts'
import type { InjectableSet } from './injectableSet.ts'
import type { Pod } from './podTypes.ts'
import { patched } from './testing/golden.ts'
import { hotContainer, injectable, pod, sidecarSet } from './testing/build.ts'
import type { SkipReason } from './skipReasons.ts'

const mesh = injectable(sidecarSet())
const cold = injectable(sidecarSet({ containers: [{ name: 'log', image: 'log:v1' }] }, 'logging'))
const context: InjectionContext = { agentImage: 'agent:v1', nowMs: 0, namespace: { name: 'shop' } }
const optOut = { [annotations.inject]: 'false' }

interface Case {
  readonly pod?: Pod
  readonly set?: InjectableSet
  readonly namespace?: NonNullable<InjectionContext['namespace']>
  readonly reason: SkipReason
  /** Part of the sentence. */
  readonly names: string
}

const onPort = (containerPort: number): InjectableSet =>
  injectable(
    sidecarSet({ containers: [{ name: 'log', image: 'log:v1', ports: [{ containerPort }] }] }),
  )
const app = { name: 'app', image: 'shop:v1' }
const log = (fields: Partial<SidecarContainer>): InjectableSet =>
  injectable(sidecarSet({ containers: [{ name: 'log', image: 'log:v1', ...fields }] }))

const skipped: Readonly<Record<string, Case>> = {
  'a port of the node is taken, as every port is in its network': {
    pod: pod({ hostNetwork: true, containers: [{ ...app, ports: [{ containerPort: 8080 }] }] }),
    set: onPort(8080),
    reason: 'HostPortClash',
    names: '8080/TCP of the node, which the container app has',
  },
  'no container is there from which its resources are computed': {
    set: injectable(
      sidecarSet({
        containers: [
          {
            name: 'log',
            image: 'log:v1',
            resourcesPolicy: {
              targetContainersNameRegex: '^main$',
              resourcesExpr: { limits: { cpu: 'cpu/2' } },
            },
          },
        ],
      }),
    ),
    reason: 'ResourcesNotComputable',
    names: 'matches "^main$"',
  },
  'a preStop hook sleeps for longer than the pod gives it': {
    set: log({ lifecycle: { preStop: { sleep: { seconds: 31 } } } }),
    reason: 'PreStopTooLong',
    names: 'sleeps for 31 s before it ends, and the pod gives 30 s',
  },
  'the pod lacks a resource claim': {
    set: log({ resources: { claims: [{ name: 'gpu' }] } }),
    reason: 'ResourceClaimMissing',
    names: 'spec.resourceClaims',
  },
  "the pod's own volume cannot be the block device that the set means": {
    pod: pod({ volumes: [{ name: 'disk', emptyDir: {} }] }),
    set: log({ volumeDevices: [{ name: 'disk', devicePath: '/dev/disk' }] }),
    reason: 'VolumeNameClash',
    names: 'block device',
  },
  'the pod opts out by a label': {
    pod: pod({}, { labels: optOut }),
    reason: 'PodOptedOut',
    names: annotations.inject,
  },
  'the pod opts out by an annotation': {
    pod: pod({}, { annotations: optOut }),
    reason: 'PodOptedOut',
    names: 'The pod',
  },
  'the namespace opts out by a label': {
    namespace: { name: 'shop', labels: optOut },
    reason: 'NamespaceOptedOut',
    names: 'namespace shop',
  },
  'the namespace opts out by an annotation': {
    namespace: { name: 'shop', annotations: optOut },
    reason: 'NamespaceOptedOut',
    names: 'namespace shop',
  },
  "the pod is in Baton's own namespace": {
    namespace: { name: 'baton-system' },
    reason: 'SystemNamespace',
    names: 'baton-system',
  },
  'the pod is a mirror pod': {
    pod: pod({}, { annotations: { 'kubernetes.io/config.mirror': 'abc' } }),
    reason: 'MirrorPod',
    names: 'kubelet',
  },
  'the pod runs on Windows': {
    pod: pod({ os: { name: 'windows' } }),
    reason: 'WindowsPod',
    names: 'Linux',
  },
  'the pod has resources as a whole': {
    pod: pod({ resources: { limits: { cpu: '1' } } }),
    reason: 'PodLevelResources',
    names: 'spec.resources',
  },
  'injection is paused': {
    set: injectable(sidecarSet({ injectionStrategy: { paused: true } })),
    reason: 'InjectionPaused',
    names: 'spec.injectionStrategy.paused',
  },
  'a hot container would be in the network of the node': {
    pod: pod({ hostNetwork: true }),
    reason: 'HostNetwork',
    names: 'hostNetwork',
  },
  'the pod has a container named like a slot': {
    pod: pod({ containers: [{ name: 'proxy-2' }] }),
    reason: 'ContainerNameClash',
    names: 'proxy-2',
  },
  'the pod has an init container named like the agent': {
    pod: pod({ initContainers: [{ name: 'baton-agent' }] }),
    reason: 'ContainerNameClash',
    names: 'baton-agent',
  },
  'the pod has a volume named like ours': {
    pod: pod({ volumes: [{ name: 'baton-run', emptyDir: {} }] }),
    reason: 'VolumeNameClash',
    names: 'baton-run',
  },
  "the pod uses the agent's port": {
    pod: pod({ containers: [{ name: 'app', ports: [{ containerPort: 15020 }] }] }),
    reason: 'AgentPortInUse',
    names: '15020',
  },
}

describe('injection skips a set when', () => {
  for (const [name, { pod: given = pod(), set = mesh, namespace, reason, names }] of Object.entries(
    skipped,
  )) {
    it(name, () => {
      const { patch, report } = inject(given, [set], {
        ...context,
        namespace: namespace ?? { name: 'shop' },
      })
      expect(patch).to.deep.equal([])
      expect(report.injected).to.deep.equal([])
      expect(report.skipped.map((skip) => [skip.set, skip.reason])).to.deep.equal([
        ['mesh', reason],
      ])
      expect(report.skipped[0]?.sentence).to.include(names).and.match(/\.$/)
    })
  }

  it('another set brought a container of the name', () => {
    const other = injectable(sidecarSet({}, 'other'))
    const { report } = inject(pod(), [other, mesh], context)
    expect(report.injected.map(({ set }) => set)).to.deep.equal(['mesh'])
    expect(report.skipped.map(({ set, reason }) => [set, reason])).to.deep.equal([
      ['other', 'ContainerNameClash'],
    ])
    expect(report.skipped[0]?.sentence).to.include('the SidecarSet mesh')
  })
})

describe('injection does not skip a set when', () => {
  const injected: Readonly<Record<string, readonly [Pod, InjectableSet]>> = {
    'a cold container goes into the network of the node': [pod({ hostNetwork: true }), cold],
    "a cold container goes beside a user of the agent's port": [
      pod({ containers: [{ name: 'app', ports: [{ containerPort: 15020 }] }] }),
      cold,
    ],
    'the label of the opt-out says true': [
      pod({}, { labels: { [annotations.inject]: 'true' } }),
      mesh,
    ],
    'the template has the annotations of an injected pod, but not the containers': [
      pod(
        {},
        { annotations: patched(pod(), inject(pod(), [mesh], context)).metadata?.annotations ?? {} },
      ),
      mesh,
    ],
  }
  for (const [name, [given, set]] of Object.entries(injected)) {
    it(name, () => {
      const { report } = inject(given, [set], context)
      expect(report.skipped).to.deep.equal([])
      expect(report.injected).to.have.lengthOf(1)
    })
  }

  it('only another one of the pod is skipped', () => {
    const { report } = inject(pod({ hostNetwork: true }), [mesh, cold], context)
    expect(report.injected.map(({ set }) => set)).to.deep.equal(['logging'])
  })
})

describe('injection warns', () => {
  const preStop = { lifecycle: { preStop: { sleep: { seconds: 10 } } } }
  const guaranteed = { resources: { limits: { cpu: '1', memory: '1Gi' } } }
  const cases: Readonly<Record<string, readonly [Pod, InjectableSet, readonly string[]]>> = {
    'of an app without preStop': [
      pod({ containers: [{ name: 'app' }, { name: 'web', ...preStop }] }),
      mesh,
      ['Without a preStop hook in app,'],
    ],
    'not of an app with one': [pod({ containers: [{ name: 'app', ...preStop }] }), mesh, []],
    'not where only cold sidecars come in': [pod(), cold, []],
    'of a cold sidecar that keeps a Job from its end': [
      pod({ restartPolicy: 'Never' }),
      cold,
      ['not over before log is'],
    ],
    'of shared processes': [
      pod({ shareProcessNamespace: true, containers: [{ name: 'app', ...preStop }] }),
      mesh,
      ['shareProcessNamespace'],
    ],
    'of a QoS class that is lost': [
      pod({ containers: [{ name: 'app', ...preStop, ...guaranteed }] }),
      mesh,
      ['Guaranteed'],
    ],
  }
  for (const [name, [given, set, parts]] of Object.entries(cases)) {
    it(name, () => {
      const { warnings } = inject(given, [set], context).report
      expect(warnings).to.have.lengthOf(parts.length)
      for (const [index, part] of parts.entries()) expect(warnings[index]).to.include(part)
    })
  }
})

describe('injection leaves its arguments alone', () => {
  it('even when everything is frozen', () => {
    const frozen = deepFreeze(injectable(sidecarSet({ containers: [hotContainer()] })))
    expect(() => inject(deepFreeze(pod()), [frozen], context)).not.to.throw()
  })
})

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.freeze(value)
    for (const element of Object.values(value)) deepFreeze(element)
  }
  return value
}
