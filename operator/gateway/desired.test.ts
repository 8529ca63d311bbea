import { expect } from 'chai'
import { setOfGateway } from '../../api/gateway/subject.ts'
import { gatewayWith } from '../../api/gateway/testing/build.ts'
import { defaultIngressGateway } from '../../api/defaults/ingressGatewayDefaults.ts'
import { parseAgentConfig } from '../../api/agentConfig.ts'
import { revisionHash, revisionHashWithoutImage, revisionTemplate } from '../../api/revision.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import type { Deployment } from '../../runtime/client/kinds.ts'
import type { Revision } from '../sidecarset/rollout/revision.ts'
import { gatewayDeployment } from './deployment.ts'
import { holds } from './holds.ts'
import { fixedDigest, TEMPLATE_ANNOTATION } from './keptTemplate.ts'
import { goldenFiles, renderGolden } from './testing/golden.ts'

for (const golden of goldenFiles()) {
  it(`a gateway gets Deployment and Service as in the golden file: ${golden.name}`, () => {
    expect(renderGolden(golden)).to.equal(golden.expected)
  })
}

const proxy = (image: string, more: object = {}): object => ({
  proxy: { name: 'proxy', image, command: ['envoy'], ...more },
})

function made(
  gateway: StoredIngressGateway,
  existing?: Deployment,
  options: { readonly agentImage?: string; readonly revisions?: readonly Revision[] } = {},
): Deployment {
  const { agentImage = 'agent:1', revisions = [] } = options
  const wanted = gatewayDeployment({ gateway, existing, revisions, agentImage, nowMs: 0 })
  if (typeof wanted === 'string') throw new Error(wanted)
  return wanted as Deployment
}

function revisionOf(gateway: StoredIngressGateway): Revision {
  const template = revisionTemplate(setOfGateway(gateway).spec)
  const hash = revisionHash(template)
  const hashWithoutImage = revisionHashWithoutImage(template)
  return { hash, name: `gateway.shop.edge-${hash}`, number: 1, template, hashWithoutImage }
}

const images = ({ spec }: Deployment): readonly (string | undefined)[] =>
  spec?.template.spec?.containers.map(({ image }) => image) ?? []

describe('the Deployment of a gateway', () => {
  const first = made(gatewayWith(proxy('envoy:1')))

  const unmoved: Readonly<Record<string, readonly [object, string?]>> = {
    'another image': [proxy('envoy:2')],
    'other terms of handovers': [
      proxy('envoy:1', { upgradeStrategy: { handover: { drain: { maxSeconds: 30 } } } }),
    ],
    'a newer agent': [proxy('envoy:1'), 'agent:2'],
    'another number of pods': [{ ...proxy('envoy:1'), replicas: 7 }],
    'another Service': [{ ...proxy('envoy:1'), service: { ports: [{ port: 81 }] } }],
    'another strategy': [{ ...proxy('envoy:1'), updateStrategy: { maxUnavailable: 2 } }],
  }
  for (const [name, [spec, agentImage = 'agent:1']] of Object.entries(unmoved)) {
    it(`keeps its template over ${name}`, () => {
      const next = made(gatewayWith(spec), first, { agentImage })
      expect(next.spec?.template).to.deep.equal(first.spec?.template)
    })
  }

  const moved: Readonly<Record<string, object>> = {
    'another argument': proxy('envoy:1', { args: ['-c', 'other'] }),
    'another place': { ...proxy('envoy:1'), template: { nodeSelector: { zone: 'b' } } },
    'an annotation of the pods': {
      ...proxy('envoy:1'),
      template: { annotations: { 'example.com/restarted': 'now' } },
    },
  }
  for (const [name, spec] of Object.entries(moved)) {
    it(`gets another template for ${name}, with the agent of today`, () => {
      const next = made(gatewayWith(spec), first, { agentImage: 'agent:2' })
      expect(next.spec?.template).not.to.deep.equal(first.spec?.template)
      expect(images(next).at(-1)).to.equal('agent:2')
    })
  }

  it('gets another template with the revision that all pods had, if it has the same shape', () => {
    const before = gatewayWith(proxy('envoy:1'))
    const old = revisionOf(before)
    const status = { currentRevision: old.hash }
    const place = { template: { nodeSelector: { zone: 'b' } } }
    const next = { ...gatewayWith({ ...proxy('envoy:2'), ...place }), status }
    expect(images(made(next, first, { revisions: [old] }))[0]).to.equal('envoy:1')
    const other = { ...gatewayWith(proxy('envoy:2', { args: ['other'] })), status }
    expect(images(made(other, first, { revisions: [old] }))[0]).to.equal('envoy:2')
  })

  it('has a digest that no newer Baton may change: all gateways would get new pods', () => {
    const template = { labels: { team: 'edge' }, imagePullSecrets: [{ name: 'registry' }] }
    const volumes = [{ name: 'config', configMap: { name: 'envoy' } }]
    const gateway = gatewayWith({ ...proxy('envoy:1', { args: ['-c', 'x'] }), volumes, template })
    expect(fixedDigest(gateway)).to.equal('42bb297a8e')
    const defaulted = { ...gateway, spec: defaultIngressGateway(gateway) }
    expect(fixedDigest(defaulted)).to.equal(fixedDigest(gateway))
  })

  it('is rendered anew where somebody has spoilt what was kept', () => {
    for (const spoilt of ['', 'null', '{', '{"digest":7}', '{"digest":"a","template":{}}']) {
      const annotations = { [TEMPLATE_ANNOTATION]: spoilt }
      const existing = { ...first, metadata: { ...first.metadata, annotations } }
      expect(images(made(gatewayWith(proxy('envoy:2')), existing))[0]).to.equal('envoy:2')
    }
  })

  it('has pods whose agent knows the proxy', () => {
    const agent = first.spec?.template.spec?.containers.at(-1)
    const config = agent?.env?.find(({ name }) => name === 'BATON_CONFIG')?.value ?? ''
    expect(parseAgentConfig(config).containers.map(({ slots }) => slots)).to.deep.equal([
      ['proxy-1', 'proxy-2'],
    ])
  })

  it('says why its pods cannot be', () => {
    const gateway = gatewayWith({ template: { labels: { 'baton.dev/inject': 'false' } } })
    const input = { gateway, existing: undefined, revisions: [], agentImage: 'a', nowMs: 0 }
    expect(gatewayDeployment(input)).to.match(/baton\.dev\/inject: "false"; remove it/)
  })
})

describe('whether an object is as wanted', () => {
  const cases: Readonly<Record<string, readonly [unknown, unknown, boolean]>> = {
    'is true of what it has besides': [{ a: 1, b: 2 }, { a: 1 }, true],
    'is false of another value': [{ a: 1 }, { a: 2 }, false],
    'is false of what is missing': [{}, { a: { b: 1 } }, false],
    'is true of others in a list of objects': [[{ n: 1 }, { n: 2, x: 1 }], [{ n: 2 }], true],
    'is false of a lost element': [[{ n: 1 }], [{ n: 1 }, { n: 2 }], false],
    'is false of another order of words': [['a', 'b'], ['b', 'a'], false],
    'is false of a word more': [['a', 'b'], ['a'], false],
    'is true of what is not wanted': [{ a: 1 }, { b: undefined }, true],
    'is false of a list that is none': [{ a: 'x' }, { a: ['x'] }, false],
  }
  for (const [name, [actual, wanted, answer]] of Object.entries(cases)) {
    it(name, () => {
      expect(holds(actual, wanted)).to.equal(answer)
    })
  }
})
