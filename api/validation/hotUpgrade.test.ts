import { hot, withCold, withHandover } from './testing/build.ts'
import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'

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
    'spec.containers[0].upgradeStrategy.handover',
    'is not set',
    'set handover: {}',
  ],
  'a sidecar that migrates by itself': [
    withCold({
      upgradeStrategy: { upgradeType: 'HotUpgrade', hotUpgradeEmptyImage: 'empty:v1' },
    }),
    'spec.containers[0].upgradeStrategy.handover',
    'could never be upgraded',
    'ColdUpgrade',
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

describe('validation of an upgrade strategy refuses', () => {
  itRefuses(refused)
})
