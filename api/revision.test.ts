import { expect } from 'chai'
import { applyDefaults } from './defaults/applyDefaults.ts'
import {
  revisionHash,
  revisionHashWithoutImage,
  revisionTemplate,
  withTemplate,
} from './revision.ts'
import type { RevisionTemplate } from './revision.ts'
import type { Handover, SidecarContainer } from './v1beta1/sidecarset.ts'

const handover: Handover = {
  drain: { timerSeconds: 15, maxSeconds: 600, method: { envoy: { adminPort: 9901 } } },
  startDeadlineSeconds: 60,
  confirmSeconds: 0,
  privatePorts: [9901],
  healthCheck: { httpGet: { path: '/ready', port: 9901 } },
}

function proxy(
  fields: Partial<SidecarContainer> = {},
  changed: Partial<Handover> = {},
): SidecarContainer {
  return {
    name: 'proxy',
    image: 'proxy:1',
    command: ['/proxy'],
    upgradeStrategy: { upgradeType: 'HotUpgrade', handover: { ...handover, ...changed } },
    ...fields,
  }
}

const log: SidecarContainer = {
  name: 'log',
  image: 'log:1',
  upgradeStrategy: { upgradeType: 'ColdUpgrade' },
}
const setup: SidecarContainer = { name: 'setup', image: 'setup:1' }

function template(fields: Partial<RevisionTemplate> = {}): RevisionTemplate {
  return {
    initContainers: [setup],
    containers: [proxy(), log],
    volumes: [{ name: 'config', configMap: { name: 'proxy' } }],
    imagePullSecrets: [{ name: 'registry' }],
    ...fields,
  }
}

describe('the hashes of a revision', () => {
  // Pods and ControllerRevisions carry them: another value would make every pod an outdated one.
  it('are what they were when they were recorded', () => {
    expect(revisionHash(template())).to.equal('925ef250b5')
    expect(revisionHashWithoutImage(template())).to.equal('3f2fa38c0e')
    expect(revisionHash({ containers: [log] })).to.equal('3ab7f5317b')
    expect(revisionHashWithoutImage({ containers: [log] })).to.equal('67393ce46d')
    expect(revisionHash({})).to.equal('44136fa355')
  })

  it('do not depend on whether the defaults are filled in', () => {
    const container: SidecarContainer = {
      name: 'proxy',
      image: 'proxy:1',
      upgradeStrategy: { upgradeType: 'HotUpgrade', handover: { drain: { timerSeconds: 15 } } },
    }
    const spec = { selector: {}, initContainers: [setup], containers: [container, log] }
    const [bare, full] = [revisionTemplate(spec), revisionTemplate(applyDefaults(spec))]
    expect(applyDefaults(spec).containers?.[0]).not.to.deep.equal(container)
    expect(revisionHash(bare)).to.equal(revisionHash(full))
    expect(revisionHashWithoutImage(bare)).to.equal(revisionHashWithoutImage(full))
  })

  it('do not depend on the order of keys, nor on absent values', () => {
    const reordered = reversed({ ...template(), extra: undefined }) as RevisionTemplate
    expect(Object.keys(reordered)).not.to.deep.equal(Object.keys(template()))
    expect(revisionHash(reordered)).to.equal(revisionHash(template()))
    expect(revisionHashWithoutImage(reordered)).to.equal(revisionHashWithoutImage(template()))
  })

  it('do not depend on what is not injected', () => {
    const bare = { ...template(), selector: {} }
    const spec = { ...bare, updateStrategy: { paused: true }, injectionStrategy: { paused: true } }
    expect(revisionHash(revisionTemplate(spec))).to.equal(revisionHash(revisionTemplate(bare)))
  })

  it('are those of the template that a spec was given', () => {
    const spec = { ...template(), selector: { matchLabels: { app: 'shop' } } }
    const given = { containers: [{ ...log, podInjectPolicy: 'BeforeAppContainer' as const }] }
    const after = withTemplate(spec, given)
    expect(after).to.deep.equal({ selector: spec.selector, ...given })
    expect(revisionHash(revisionTemplate(after))).to.equal(revisionHash(given))
  })

  /** name of the change -> what it leads to, and whether pods that exist can have it */
  const changes: Readonly<Record<string, readonly [RevisionTemplate, boolean]>> = {
    'the image of a container': [
      template({ containers: [proxy({ image: 'proxy:2' }), log] }),
      true,
    ],
    'the image of an init container': [
      template({ initContainers: [{ ...setup, image: 'setup:2' }] }),
      true,
    ],
    'the image of idle slots': [
      template({
        containers: [
          proxy({
            upgradeStrategy: { upgradeType: 'HotUpgrade', handover, hotUpgradeEmptyImage: 'e:2' },
          }),
          log,
        ],
      }),
      true,
    ],
    'the drain timer': [
      template({
        containers: [proxy({}, { drain: { ...handover.drain, timerSeconds: 30 } }), log],
      }),
      true,
    ],
    'the drain method, with the same private ports': [
      template({ containers: [proxy({}, { drain: { method: { signal: {} } } }), log] }),
      true,
    ],
    'the drain method, with a private port of its own': [
      template({
        containers: [proxy({}, { drain: { method: { envoy: { adminPort: 9999 } } } }), log],
      }),
      false,
    ],
    'the start deadline': [
      template({ containers: [proxy({}, { startDeadlineSeconds: 5 }), log] }),
      true,
    ],
    'the time to confirm': [
      template({ containers: [proxy({}, { confirmSeconds: 5 }), log] }),
      true,
    ],
    'a private port': [
      template({ containers: [proxy({}, { privatePorts: [9901, 8001] }), log] }),
      false,
    ],
    'the health check': [
      template({ containers: [proxy({}, { healthCheck: { tcpSocket: { port: 80 } } }), log] }),
      false,
    ],
    'the command': [template({ containers: [proxy({ command: ['/other'] }), log] }), false],
    'a variable': [
      template({ containers: [proxy(), { ...log, env: [{ name: 'A', value: 'b' }] }] }),
      false,
    ],
    'the order of containers': [template({ containers: [log, proxy()] }), false],
    'a container less': [template({ containers: [proxy()] }), false],
    'a volume': [template({ volumes: [] }), false],
  }
  for (const [name, [changed, inPlace]] of Object.entries(changes)) {
    it(`differ by ${name}, ${inPlace ? 'but not' : 'also'} without images`, () => {
      expect(revisionHash(changed)).not.to.equal(revisionHash(template()))
      const same = revisionHashWithoutImage(changed) === revisionHashWithoutImage(template())
      expect(same).to.equal(inPlace)
    })
  }
})

/** A copy with all keys in the reverse order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([key, element]) => [key, reversed(element)] as const)
  return Object.fromEntries(entries.reverse())
}
