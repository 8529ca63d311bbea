import { expect } from 'chai'
import { revisionHash, revisionTemplate } from '../revision.ts'
import {
  describeSubject,
  gatewayBehind,
  gatewaySetName,
  setOfGateway,
  subjectWord,
} from './subject.ts'
import { gatewayWith } from './testing/build.ts'

describe('the set that a gateway amounts to', () => {
  it('has a name that tells its gateway', () => {
    const { metadata } = setOfGateway(gatewayWith())
    expect(metadata.name).to.equal('gateway.shop.edge')
    expect(describeSubject(metadata.name)).to.equal('IngressGateway shop/edge')
    expect(describeSubject('mesh')).to.equal('SidecarSet mesh')
  })

  it('is called by the kind of what people made, and by the word of the command', () => {
    const long = gatewaySetName('shop', 'n'.repeat(60))
    expect(['mesh', 'gateway.shop.edge.eu', long].map(describeSubject)).to.deep.equal([
      'SidecarSet mesh',
      'IngressGateway shop/edge.eu',
      `IngressGateway ${long}`,
    ])
    expect(['mesh', 'gateway.shop.edge.eu', long].map(subjectWord)).to.deep.equal([
      'mesh',
      'gateway/shop/edge.eu',
      long,
    ])
  })

  it('tells the gateway that it stands for, whatever the length of the names', () => {
    for (const name of ['edge', 'n'.repeat(60)]) {
      const set = setOfGateway(gatewayWith({}, name))
      expect(gatewayBehind(set)).to.deep.equal({ namespace: 'shop', name })
    }
    const { spec } = setOfGateway(gatewayWith())
    expect(gatewayBehind({ metadata: { name: 'mesh' }, spec })).to.equal(undefined)
  })

  it('has a name that fits into a label, whatever the length of the names', () => {
    const long = 'n'.repeat(60)
    const names = [gatewaySetName(long, 'a'), gatewaySetName(long, 'b'), gatewaySetName('n', long)]
    for (const name of names) expect(name).to.have.length.at.most(63)
    expect(new Set(names).size).to.equal(names.length)
  })

  it('selects the pods of its gateway in its namespace alone', () => {
    const { selector, namespaceSelector } = setOfGateway(gatewayWith()).spec
    expect(selector).to.deep.equal({ matchLabels: { 'baton.dev/gateway': 'edge' } })
    expect(namespaceSelector).to.deep.equal({
      matchLabels: { 'kubernetes.io/metadata.name': 'shop' },
    })
  })

  it('has one container, which is handed over', () => {
    const [container] = setOfGateway(gatewayWith()).spec.containers ?? []
    expect(container?.upgradeStrategy).to.deep.equal({ upgradeType: 'HotUpgrade', handover: {} })
  })

  it('has another revision for another image, and none for another number of pods', () => {
    const hashOf = (spec: object): string =>
      revisionHash(revisionTemplate(setOfGateway(gatewayWith(spec)).spec))
    const proxy = { name: 'proxy', image: 'envoy:v2', command: ['envoy'] }
    expect(hashOf({ replicas: 5 })).to.equal(hashOf({}))
    expect(hashOf({ proxy })).not.to.equal(hashOf({}))
  })

  it('knows the conditions of the rollout alone', () => {
    const condition = (type: string) => ({
      type,
      ...{ status: 'True' as const, reason: 'R', message: 'm', lastTransitionTime: 't' },
    })
    const status = { conditions: ['Accepted', 'Progressing', 'Available'].map(condition) }
    const set = setOfGateway({ ...gatewayWith(), status })
    expect(set.status?.conditions?.map(({ type }) => type)).to.deep.equal(['Progressing'])
  })
})
