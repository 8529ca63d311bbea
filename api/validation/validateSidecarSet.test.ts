import { expect } from 'chai'
import type { SidecarContainer, SidecarSet } from '../v1beta1/sidecarset.ts'
import { applyDefaults } from '../defaults/applyDefaults.ts'
import { validateSidecarSet } from './validateSidecarSet.ts'
import { formatViolation } from './violation.ts'

const cold: SidecarContainer = { name: 'log', image: 'log:v1' }
const hot: SidecarContainer = {
  name: 'proxy',
  image: 'envoy:v1',
  command: ['/usr/local/bin/envoy'],
  upgradeStrategy: {
    upgradeType: 'HotUpgrade',
    handover: { drain: { method: { envoy: { adminPort: 9901 } } } },
  },
}

function sidecarSet(spec: object): SidecarSet {
  return {
    apiVersion: 'baton.dev/v1beta1',
    kind: 'SidecarSet',
    metadata: { name: 'mesh' },
    spec: {
      selector: { matchLabels: { app: 'shop' } },
      containers: [hot, cold],
      ...spec,
    },
  }
}

function withCold(fields: object): object {
  return { containers: [{ ...cold, ...fields }] }
}

function withHandover(handover: object, fields: object = {}): object {
  const upgradeStrategy = { upgradeType: 'HotUpgrade', handover }
  return { containers: [{ ...hot, upgradeStrategy, ...fields }] }
}

function named(length: number): SidecarContainer {
  return { ...hot, name: 'p'.repeat(length) }
}

/** name of the case -> spec, expected field, expected parts of the sentence */
const refused: Readonly<Record<string, readonly [object, string, ...string[]]>> = {
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
  'an unknown upgradeType': [
    withCold({ upgradeStrategy: { upgradeType: 'Hot' } }),
    'spec.containers[0].upgradeStrategy.upgradeType',
    '"Hot"',
    'ColdUpgrade, HotUpgrade',
  ],
  'an unknown updateStrategy.type': [
    { updateStrategy: { type: 'Rolling' } },
    'spec.updateStrategy.type',
    '"Rolling"',
    'NotUpdate, RollingUpdate',
  ],
  'an unknown onFailure': [
    { updateStrategy: { onFailure: 'Ignore' } },
    'spec.updateStrategy.onFailure',
    '"Ignore"',
    'Pause, Rollback',
  ],
  'maxUnavailable 0': [
    { updateStrategy: { maxUnavailable: 0 } },
    'spec.updateStrategy.maxUnavailable',
    'is 0',
    'at least 1',
  ],
  'maxUnavailable 0%': [
    { updateStrategy: { maxUnavailable: '0%' } },
    'spec.updateStrategy.maxUnavailable',
    '"0%"',
  ],
  'a maxUnavailable that is no number': [
    { updateStrategy: { maxUnavailable: 'some' } },
    'spec.updateStrategy.maxUnavailable',
    '"some"',
    'percentage',
  ],
  'a number in quotes': [
    { updateStrategy: { maxUnavailable: '2' } },
    'spec.updateStrategy.maxUnavailable',
    'is "2"',
    'whole number such as 2',
  ],
  'a negative partition': [
    { updateStrategy: { partition: -1 } },
    'spec.updateStrategy.partition',
    'is -1',
  ],
  'a partition above 100 %': [
    { updateStrategy: { partition: '101%' } },
    'spec.updateStrategy.partition',
    '"101%"',
  ],
  'failureLimit 0': [{ updateStrategy: { failureLimit: 0 } }, 'spec.updateStrategy.failureLimit'],
  'progressDeadlineSeconds 0': [
    { updateStrategy: { progressDeadlineSeconds: 0 } },
    'spec.updateStrategy.progressDeadlineSeconds',
  ],
  'a partition together with a selector': [
    { updateStrategy: { partition: '50%', selector: { matchLabels: { tier: 'canary' } } } },
    'spec.updateStrategy.partition',
    '"50%"',
    'spec.updateStrategy.selector',
  ],
  'revisionHistoryLimit 0': [
    { revisionHistoryLimit: 0 },
    'spec.revisionHistoryLimit',
    'is 0',
    'at least 1',
  ],
  'a hot container without a command': [
    withHandover({}, { command: undefined }),
    'spec.containers[0].command',
    'is not set',
    'name the program',
  ],
  'HotUpgrade without handover and without an empty image': [
    { containers: [{ ...hot, upgradeStrategy: { upgradeType: 'HotUpgrade' } }] },
    'spec.containers[0].upgradeStrategy.handover',
    'hotUpgradeEmptyImage',
  ],
  'a handover in a ColdUpgrade': [
    withCold({ upgradeStrategy: { handover: {} } }),
    'spec.containers[0].upgradeStrategy.handover',
    'HotUpgrade',
  ],
  'a hot init container that ends': [
    { initContainers: [{ ...hot, name: 'other' }] },
    'spec.initContainers[0].restartPolicy',
    'set Always',
  ],
  'a container without a name': [
    withCold({ name: undefined }),
    'spec.containers[0].name',
    'needs a name',
  ],
  'a name that is no DNS label': [
    withCold({ name: 'My_Proxy' }),
    'spec.containers[0].name',
    '"My_Proxy"',
    'lower-case',
  ],
  'a name longer than 63 characters': [
    withCold({ name: 'c'.repeat(64) }),
    'spec.containers[0].name',
    '64 characters',
  ],
  'a hot name whose slots are longer than 63 characters': [
    { containers: [named(62)] },
    'spec.containers[0].name',
    'at most 61',
  ],
  'a name used twice': [
    { containers: [cold, cold] },
    'spec.containers[1].name',
    'spec.containers[0] (log)',
  ],
  'a name used by an init container too': [
    { initContainers: [cold], containers: [cold] },
    'spec.containers[0].name',
    'spec.initContainers[0]',
  ],
  'a name that a slot of another container has': [
    { containers: [hot, { ...cold, name: 'proxy-1' }] },
    'spec.containers[1].name',
    '"proxy-1"',
    'spec.containers[0] (proxy)',
  ],
  "the agent's name": [
    { containers: [hot, { ...cold, name: 'baton-agent' }] },
    'spec.containers[1].name',
    'the agent',
  ],
  "the init container's name": [
    { initContainers: [{ ...cold, name: 'baton-init' }] },
    'spec.initContainers[0].name',
    'launcher',
  ],
  'a container without an image': [
    withCold({ image: undefined }),
    'spec.containers[0].image',
    'name an image',
  ],
  'an unknown podInjectPolicy': [
    withCold({ podInjectPolicy: 'First' }),
    'spec.containers[0].podInjectPolicy',
    'BeforeAppContainer',
  ],
  'a mount of an unknown volume': [
    withCold({ volumeMounts: [{ name: 'config', mountPath: '/etc/log' }] }),
    'spec.containers[0].volumeMounts[0].name',
    '"config"',
    'spec.volumes',
  ],
  'a device of an unknown volume': [
    withCold({ volumeDevices: [{ name: 'disk', devicePath: '/dev/xvda' }] }),
    'spec.containers[0].volumeDevices[0].name',
  ],
  'two mounts at one path': [
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'b', emptyDir: {} },
      ],
      ...withCold({
        volumeMounts: [
          { name: 'a', mountPath: '/data' },
          { name: 'b', mountPath: '/data' },
        ],
      }),
    },
    'spec.containers[0].volumeMounts[1].mountPath',
    '"/data"',
    'another path',
  ],
  'a mount at a path of ours': [
    {
      volumes: [{ name: 'a', emptyDir: {} }],
      ...withHandover({}, { volumeMounts: [{ name: 'a', mountPath: '/baton/run' }] }),
    },
    'spec.containers[0].volumeMounts[0].mountPath',
    'Baton mounts',
  ],
  'a mount without a path': [
    { volumes: [{ name: 'a', emptyDir: {} }], ...withCold({ volumeMounts: [{ name: 'a' }] }) },
    'spec.containers[0].volumeMounts[0].mountPath',
  ],
  'a volume named twice': [
    {
      volumes: [
        { name: 'a', emptyDir: {} },
        { name: 'a', emptyDir: {} },
      ],
    },
    'spec.volumes[1].name',
    'spec.volumes[0]',
  ],
  'a volume named like ours': [
    { volumes: [{ name: 'baton-run', emptyDir: {} }] },
    'spec.volumes[0].name',
    '"baton-run"',
  ],
  'a bad quantity': [
    withCold({ resources: { limits: { memory: '64MB' } } }),
    'spec.containers[0].resources.limits.memory',
    '"64MB"',
    '64Mi',
  ],
  'a negative quantity': [
    withCold({ resources: { requests: { cpu: '-1' } } }),
    'spec.containers[0].resources.requests.cpu',
  ],
  'a request above its limit': [
    withCold({ resources: { requests: { cpu: '1.5' }, limits: { cpu: '500m' } } }),
    'spec.containers[0].resources.requests.cpu',
    'above the limit 500m',
  ],
  'a container port out of range': [
    withCold({ ports: [{ containerPort: 70000 }] }),
    'spec.containers[0].ports[0].containerPort',
    'is 70000',
    '65535',
  ],
  'a host port out of range': [
    withCold({ ports: [{ containerPort: 80, hostPort: -1 }] }),
    'spec.containers[0].ports[0].hostPort',
  ],
  'a port name with a capital letter': [
    withCold({ ports: [{ containerPort: 80, name: 'HTTP' }] }),
    'spec.containers[0].ports[0].name',
  ],
  'two ports of one name': [
    withCold({
      ports: [
        { containerPort: 80, name: 'http' },
        { containerPort: 81, name: 'http' },
      ],
    }),
    'spec.containers[0].ports[1].name',
    'each port once',
  ],
  'an unknown protocol': [
    withCold({ ports: [{ containerPort: 80, protocol: 'HTTP' }] }),
    'spec.containers[0].ports[0].protocol',
    'TCP, UDP, SCTP',
  ],
  'a probe on a port that has no name': [
    withCold({ readinessProbe: { httpGet: { port: 'admin' } } }),
    'spec.containers[0].readinessProbe.httpGet.port',
    '"admin"',
  ],
  'a health check on a port out of range': [
    withHandover({ healthCheck: { tcpSocket: { port: 0 } } }),
    'spec.containers[0].upgradeStrategy.handover.healthCheck.tcpSocket.port',
    'is 0',
  ],
  'a private port out of range': [
    withHandover({ privatePorts: [0] }),
    'spec.containers[0].upgradeStrategy.handover.privatePorts[0]',
    'is 0',
  ],
  'a private port listed twice': [
    withHandover({ privatePorts: [9901, 9901] }),
    'spec.containers[0].upgradeStrategy.handover.privatePorts[1]',
    'twice',
  ],
  'two drain methods': [
    withHandover({ drain: { method: { envoy: { adminPort: 9901 }, signal: {} } } }),
    'spec.containers[0].upgradeStrategy.handover.drain.method',
    'one way only',
    'envoy, signal',
  ],
  'an unknown drain method': [
    withHandover({ drain: { method: { haproxy: {} } } }),
    'spec.containers[0].upgradeStrategy.handover.drain.method',
    'haproxy',
    'envoy, signal',
  ],
  'an admin port out of range': [
    withHandover({ drain: { method: { envoy: { adminPort: 99999 } } }, privatePorts: [1] }),
    'spec.containers[0].upgradeStrategy.handover.drain.method.envoy.adminPort',
    'is 99999',
  ],
  'a signal that leaves no say': [
    withHandover({ drain: { method: { signal: { name: 'SIGKILL' } } } }),
    'spec.containers[0].upgradeStrategy.handover.drain.method.signal.name',
    'SIGTERM',
  ],
  'a timer longer than the longest life of the old process': [
    withHandover({ drain: { timerSeconds: 30, maxSeconds: 20 } }),
    'spec.containers[0].upgradeStrategy.handover.drain.timerSeconds',
    'is 30',
    'at most 20',
  ],
  'a timer longer than the default of maxSeconds': [
    withHandover({ drain: { timerSeconds: 601 } }),
    'spec.containers[0].upgradeStrategy.handover.drain.timerSeconds',
    'raise maxSeconds',
  ],
  'a start deadline of 0 seconds': [
    withHandover({ startDeadlineSeconds: 0 }),
    'spec.containers[0].upgradeStrategy.handover.startDeadlineSeconds',
  ],
  'a negative confirmSeconds': [
    withHandover({ confirmSeconds: -1 }),
    'spec.containers[0].upgradeStrategy.handover.confirmSeconds',
  ],
}

describe('validation of a SidecarSet refuses', () => {
  for (const [name, [spec, field, ...parts]] of Object.entries(refused)) {
    it(name, () => {
      const violations = validateSidecarSet(sidecarSet(spec))
      expect(violations.map((violation) => violation.field)).to.deep.equal([field])
      const sentence = violations.map(formatViolation).join()
      for (const part of [field, ...parts]) expect(sentence).to.include(part)
    })
  }

  it('a name of the set that is no label value', () => {
    const set = { ...sidecarSet({}), metadata: { name: 's'.repeat(64) } }
    expect(validateSidecarSet(set).map(({ field }) => field)).to.deep.equal(['metadata.name'])
  })
})

const accepted: Readonly<Record<string, object>> = {
  'a hot and a cold container': {},
  'a native sidecar': {
    initContainers: [{ ...hot, restartPolicy: 'Always' }],
    containers: undefined,
  },
  'a hot name whose slots have 63 characters': { containers: [named(61)] },
  'a sidecar that migrates by itself': {
    containers: [
      {
        ...cold,
        upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:v1' },
      },
    ],
  },
  'an admin port that is not declared private': withHandover({
    drain: { method: { envoy: { adminPort: 9901 } } },
  }),
  'a probe on a named port': withCold({
    ports: [{ containerPort: 80, name: 'http' }],
    readinessProbe: { httpGet: { port: 'http' } },
  }),
  'one port by two protocols': withCold({
    ports: [
      { containerPort: 53, protocol: 'UDP', name: 'dns' },
      { containerPort: 53, protocol: 'TCP', name: 'dns-tcp' },
    ],
  }),
  'a partition of 0 together with a selector': {
    updateStrategy: { partition: 0, selector: { matchLabels: { tier: 'canary' } } },
  },
  percentages: { updateStrategy: { partition: '90%', maxUnavailable: '25%', failureLimit: '5%' } },
  'quantities of every spelling': withCold({
    resources: { requests: { cpu: '.5', memory: '1e6' }, limits: { cpu: 2, memory: '1.5Gi' } },
  }),
  'a hard cut': withHandover({ drain: { timerSeconds: 15, maxSeconds: 15 } }),
}

describe('validation of a SidecarSet accepts', () => {
  for (const [name, spec] of Object.entries(accepted)) {
    it(name, () => {
      const set = sidecarSet(spec)
      expect(validateSidecarSet(set).map(formatViolation)).to.deep.equal([])
      const defaulted = { ...set, spec: applyDefaults(set.spec) }
      expect(validateSidecarSet(defaulted).map(formatViolation)).to.deep.equal([])
    })
  }
})

/** name of the case -> new spec, expected fields; the old set has `proxy` (hot) and `log` (cold) */
const updates: Readonly<Record<string, readonly [object, readonly string[]]>> = {
  'accepts another image': [{ containers: [{ ...hot, image: 'envoy:v2' }, cold] }, []],
  'accepts the removal of a container': [{ containers: [hot] }, []],
  'accepts another order': [{ containers: [cold, hot] }, []],
  'refuses an added container': [
    { containers: [hot, cold, { ...cold, name: 'new' }] },
    ['spec.containers[2].name'],
  ],
  'refuses a renamed container': [
    { containers: [{ ...hot, name: 'gate' }, cold] },
    ['spec.containers[0].name'],
  ],
  'refuses a container that moved to the init containers': [
    { initContainers: [cold], containers: [hot] },
    ['spec.initContainers[0].name'],
  ],
  'refuses another upgradeType': [
    { containers: [{ ...hot, upgradeStrategy: { upgradeType: 'ColdUpgrade' } }, cold] },
    ['spec.containers[0].upgradeStrategy.upgradeType'],
  ],
  'refuses an upgradeType that was left out': [
    { containers: [{ ...hot, upgradeStrategy: undefined }, cold] },
    ['spec.containers[0].upgradeStrategy.upgradeType'],
  ],
  'accepts a default that was written out': [
    { containers: [hot, { ...cold, upgradeStrategy: { upgradeType: 'ColdUpgrade' } }] },
    [],
  ],
}

describe('validation of an update', () => {
  for (const [name, [spec, fields]] of Object.entries(updates)) {
    it(name, () => {
      const violations = validateSidecarSet(sidecarSet(spec), { old: sidecarSet({}) })
      expect(violations.map(({ field }) => field)).to.deep.equal(fields)
    })
  }
})
