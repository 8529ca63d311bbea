import { cold, hot, named, withCold } from './testing/build.ts'
import type { Refusals } from './testing/refusals.ts'
import { itRefuses } from './testing/refusals.ts'

const refused: Refusals = {
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
}

describe('validation of names refuses', () => {
  itRefuses(refused)
})
