import { expect } from 'chai'
import type { Handover, SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { applyDefaults } from './applyDefaults.ts'

const selector = { matchLabels: { app: 'shop' } }

function withHandover(handover: Handover): SidecarSetSpec {
  const container = {
    name: 'proxy',
    image: 'envoy:v1',
    upgradeStrategy: { upgradeType: 'HotUpgrade' as const, handover },
  }
  return { selector, containers: [container] }
}

describe('defaults of a SidecarSet', () => {
  it('fill in a spec with nothing but a selector', () => {
    expect(applyDefaults({ selector })).to.deep.equal({
      selector,
      updateStrategy: {
        type: 'RollingUpdate',
        paused: false,
        partition: 0,
        maxUnavailable: 1,
        rollbackWindow: { revisions: 3 },
        onFailure: 'Rollback',
        failureLimit: 1,
        progressDeadlineSeconds: 600,
        prefetchImages: true,
      },
      injectionStrategy: { paused: false },
      revisionHistoryLimit: 10,
    })
  })

  it('say how long a canary may wait for people', () => {
    const steps = [{ replicas: 1, pause: {} }]
    const { updateStrategy } = applyDefaults({ selector, updateStrategy: { canary: { steps } } })
    expect(updateStrategy.canary).to.deep.equal({ steps, maxPauseSeconds: 86_400 })
  })

  it('put containers before the app and init containers after its own', () => {
    const spec = applyDefaults({
      selector,
      containers: [{ name: 'log', image: 'log:v1' }],
      initContainers: [{ name: 'setup', image: 'setup:v1' }],
    })
    expect(spec.containers).to.deep.equal([
      {
        name: 'log',
        image: 'log:v1',
        podInjectPolicy: 'BeforeAppContainer',
        upgradeStrategy: { upgradeType: 'ColdUpgrade' },
      },
    ])
    expect(spec.initContainers?.[0]?.podInjectPolicy).to.equal('AfterAppContainer')
  })

  it('fill in an empty handover', () => {
    const strategy = applyDefaults(withHandover({})).containers?.[0]?.upgradeStrategy
    expect(strategy?.handover).to.deep.equal({
      drain: { timerSeconds: 15, maxSeconds: 600, method: { signal: { name: 'SIGTERM' } } },
      startDeadlineSeconds: 60,
      confirmSeconds: 0,
      privatePorts: [],
    })
  })

  const privatePorts: readonly [string, Handover, readonly number[]][] = [
    [
      'make the Envoy admin port private',
      { drain: { method: { envoy: { adminPort: 9901 } } }, privatePorts: [8001] },
      [8001, 9901],
    ],
    [
      'make the port private where a drain is asked for',
      { drain: { method: { http: { port: 9000 } } } },
      [9000],
    ],
    [
      'leave an admin port alone that is private already',
      { drain: { method: { envoy: { adminPort: 9901 } } }, privatePorts: [9901, 8001] },
      [9901, 8001],
    ],
  ]
  for (const [name, handover, expected] of privatePorts) {
    it(name, () => {
      const strategy = applyDefaults(withHandover(handover)).containers?.[0]?.upgradeStrategy
      expect(strategy?.handover?.privatePorts).to.deep.equal(expected)
    })
  }

  it('name the signal when only the method is given', () => {
    const strategy = applyDefaults(withHandover({ drain: { method: { signal: {} } } }))
    expect(strategy.containers?.[0]?.upgradeStrategy.handover?.drain.method).to.deep.equal({
      signal: { name: 'SIGTERM' },
    })
  })

  it('name method and path of a request that have none', () => {
    const strategy = applyDefaults(withHandover({ drain: { method: { http: { port: 9000 } } } }))
    expect(strategy.containers?.[0]?.upgradeStrategy.handover?.drain.method).to.deep.equal({
      http: { method: 'POST', port: 9000, path: '/' },
    })
  })

  it('leave the options of other ways as they are', () => {
    for (const method of [{ nginx: {} }, { haproxy: {} }, { exec: { command: ['true'] } }]) {
      const strategy = applyDefaults(withHandover({ drain: { method } }))
      const drain = strategy.containers?.[0]?.upgradeStrategy.handover?.drain
      expect(drain?.method).to.deep.equal(method)
    }
  })

  it('keep what the user wrote, zero and false included', () => {
    const spec: SidecarSetSpec = {
      selector,
      updateStrategy: { type: 'NotUpdate', maxUnavailable: '25%', prefetchImages: false },
      injectionStrategy: { paused: true },
      revisionHistoryLimit: 0,
    }
    const defaulted = applyDefaults(spec)
    expect(defaulted.updateStrategy.type).to.equal('NotUpdate')
    expect(defaulted.updateStrategy.maxUnavailable).to.equal('25%')
    expect(defaulted.updateStrategy.prefetchImages).to.equal(false)
    expect(defaulted.injectionStrategy.paused).to.equal(true)
    expect(defaulted.revisionHistoryLimit).to.equal(0)
  })

  it('change nothing when applied again', () => {
    const once = applyDefaults(withHandover({ drain: { method: { envoy: { adminPort: 9901 } } } }))
    expect(applyDefaults(once)).to.deep.equal(once)
  })
})
