import { expect } from 'chai'
import { hot, sidecarSet, withCold, withHandover } from './testing/build.ts'
import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'
import { validateSidecarSet } from './validateSidecarSet.ts'

const refused: Refusals = {
  'an unknown upgradeType': [
    withCold({ upgradeStrategy: { upgradeType: 'Hot' } }),
    'spec.containers[0].upgradeStrategy.upgradeType',
    '"Hot"',
    'ColdUpgrade, HotUpgrade',
  ],
  'a hot container without a command': [
    withHandover({}, { command: undefined }),
    'spec.containers[0].command',
    'is not set',
    'name the program',
  ],
  'hooks of a container that is handed over': [
    withHandover({}, { lifecycle: { preStop: { exec: { command: ['/drain.sh'] } } } }),
    'spec.containers[0].lifecycle',
    '/drain.sh',
    'would never run',
    'remove it',
  ],
  'HotUpgrade without handover': [
    { containers: [{ ...hot, upgradeStrategy: { upgradeType: 'HotUpgrade' } }] },
    'spec.containers[0].upgradeStrategy.hotUpgradeEmptyImage',
    'is not set',
    'handover: {}',
    'name the image of the idle slot',
  ],
  'an empty name of the empty image': [
    withCold({ upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: '' } }),
    'spec.containers[0].upgradeStrategy.hotUpgradeEmptyImage',
    'would be refused',
  ],
  'an idle slot that runs the sidecar too': [
    withCold({ upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'log:v1' } }),
    'spec.containers[0].upgradeStrategy.hotUpgradeEmptyImage',
    'start nothing',
    'name another image',
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

describe('validation of an upgrade strategy refuses', () => {
  itRefuses(refused)
})

describe('validation of an upgrade strategy takes', () => {
  it('a sidecar that migrates by itself, with hooks and without a command', () => {
    const set = sidecarSet(
      withCold({
        lifecycle: { postStart: { exec: { command: ['/migrate.sh'] } } },
        upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:v1' },
      }),
    )
    expect(validateSidecarSet(set)).to.deep.equal([])
  })
})
