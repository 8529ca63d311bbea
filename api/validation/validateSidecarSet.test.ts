import { expect } from 'chai'
import { applyDefaults } from '../defaults/applyDefaults.ts'
import { cold, hot, named, sidecarSet, withCold, withHandover } from './testing/build.ts'
import { validateSidecarSet } from './validateSidecarSet.ts'
import { formatViolation } from './violation.ts'

describe('validation of a SidecarSet refuses', () => {
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
  'hooks of a cold container': withCold({
    lifecycle: { preStop: { exec: { command: ['/drain.sh'] } } },
  }),
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
