import { expect } from 'chai'
import { aSet } from '../testing/build.ts'
import { injectionObstacle } from '../sidecarset/status/injectionObstacle.ts'
import { injectionConfiguration, validationConfiguration } from './manifests.ts'

const options = { namespace: 'baton-system', caBundle: 'PEM', failurePolicy: 'Fail' } as const

describe('webhook configurations', () => {
  const mesh = aSet({
    spec: { namespaceSelector: { matchLabels: { mesh: 'on' } } },
  })
  const configuration = injectionConfiguration([mesh, aSet({ name: 'log' })], options)

  it('have an entry for each set, by name, after those for defaults', () => {
    expect(configuration.webhooks?.map((one) => one.name)).to.deep.equal([
      'default-sidecarset.baton.dev',
      'default-trafficinterception.baton.dev',
      'default-ingressgateway.baton.dev',
      'gateway-pod.baton.dev',
      'log.inject.baton.dev',
      'mesh.inject.baton.dev',
    ])
  })
  it('send only pods that the set selects, none of our own or of the system', () => {
    expect(configuration.webhooks?.at(-1)).to.deep.include({
      objectSelector: {
        matchLabels: { app: 'web' },
        matchExpressions: [
          { key: 'baton.dev/inject', operator: 'NotIn', values: ['false'] },
          { key: 'baton.dev/gateway', operator: 'DoesNotExist' },
        ],
      },
      namespaceSelector: {
        matchLabels: { mesh: 'on' },
        matchExpressions: [
          { key: 'baton.dev/inject', operator: 'NotIn', values: ['false'] },
          {
            key: 'kubernetes.io/metadata.name',
            operator: 'NotIn',
            values: ['kube-system', 'kube-public', 'baton-system'],
          },
        ],
      },
      failurePolicy: 'Fail',
      timeoutSeconds: 10,
      sideEffects: 'NoneOnDryRun',
      reinvocationPolicy: 'Never',
    })
  })
  it('send nothing of pods but their creation, so that deletion never depends on us', () => {
    const pods = configuration.webhooks?.filter(({ name }) => name.endsWith('.inject.baton.dev'))
    const rules = pods?.flatMap((one) => one.rules ?? [])
    expect(rules?.map(({ operations, resources }) => [operations, resources])).to.deep.equal([
      [['CREATE'], ['pods']],
      [['CREATE'], ['pods']],
    ])
  })
  it('leave out pods that say no by an annotation, and pictures of static pods', () => {
    const [condition] = configuration.webhooks?.at(-1)?.matchConditions ?? []
    expect(condition?.expression).to.contain("['baton.dev/inject'] != 'false'")
    expect(condition?.expression).to.contain("'kubernetes.io/config.mirror' in")
  })
  it('let selected pods pass without the webhook when told so, but no object of ours', () => {
    const ignoring = { ...options, failurePolicy: 'Ignore' } as const
    const policies = [injectionConfiguration([mesh], ignoring), validationConfiguration(ignoring)]
      .flatMap(({ webhooks = [] }) => webhooks)
      .map(({ name, failurePolicy }) => [name, failurePolicy])
    expect(Object.fromEntries(policies)).to.deep.equal({
      'default-sidecarset.baton.dev': 'Fail',
      'default-trafficinterception.baton.dev': 'Fail',
      'default-ingressgateway.baton.dev': 'Fail',
      'gateway-pod.baton.dev': 'Ignore',
      'mesh.inject.baton.dev': 'Ignore',
      'validate-sidecarset.baton.dev': 'Fail',
      'validate-trafficinterception.baton.dev': 'Fail',
      'validate-ingressgateway.baton.dev': 'Fail',
    })
  })
  it('never keep a pod of a gateway from being created', () => {
    const configured = injectionConfiguration([mesh], options).webhooks ?? []
    const forGateways = configured.filter(({ objectSelector }) =>
      objectSelector?.matchExpressions?.some(
        ({ key, operator }) => key === 'baton.dev/gateway' && operator === 'Exists',
      ),
    )
    expect(forGateways.map(({ failurePolicy }) => failurePolicy)).to.deep.equal(['Ignore'])
    const others = configured.filter(
      (one) => one.rules?.[0]?.resources?.includes('pods') === true && !forGateways.includes(one),
    )
    expect(others).to.have.length(1)
    expect(JSON.stringify(others)).to.include(
      '{"key":"baton.dev/gateway","operator":"DoesNotExist"}',
    )
  })
  it('carry the authority as base64', () => {
    for (const { webhooks = [] } of [configuration, validationConfiguration(options)]) {
      for (const { clientConfig } of webhooks) {
        expect(Buffer.from(clientConfig.caBundle ?? '', 'base64').toString()).to.equal('PEM')
      }
    }
  })
  it('leave out sets that are being deleted', () => {
    const gone = aSet({ name: 'gone' })
    const deleted = { ...gone, metadata: { ...gone.metadata, deletionTimestamp: 'now' } }
    const { webhooks = [] } = injectionConfiguration([deleted], options)
    expect(webhooks.filter(({ name }) => name.includes('.inject.'))).to.deep.equal([])
  })
  it('tell whether the pods of a set are injected', () => {
    expect(injectionObstacle(mesh, configuration, 'baton-system')).to.equal(undefined)
    expect(injectionObstacle(mesh, undefined, 'baton-system')).to.contain('not written yet')
    const changed = aSet({ spec: { selector: { matchLabels: { app: 'other' } } } })
    expect(injectionObstacle(changed, configuration, 'baton-system')).to.contain('older spec')
  })
})
