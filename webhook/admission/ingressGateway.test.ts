import { expect } from 'chai'
import { applyPatch } from 'rfc6902'
import type { Operation } from 'rfc6902'
import { setOfGateway } from '../../api/gateway/subject.ts'
import { gatewayWith } from '../../api/gateway/testing/build.ts'
import {
  REVISION_SET_LABEL,
  revisionData,
  revisionHash,
  revisionName,
  revisionTemplate,
} from '../../api/revision.ts'
import { INGRESS_GATEWAYS } from '../../api/v1beta1/kinds.ts'
import type { StoredIngressGateway } from '../../api/v1beta1/kinds.ts'
import { CONTROLLER_REVISIONS } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import { inject } from '../inject/inject.ts'
import type { Pod } from '../inject/podTypes.ts'
import type { StartedWebhook } from '../testing/startWebhook.ts'
import { startWebhook } from '../testing/startWebhook.ts'

interface Answer {
  readonly allowed: boolean
  readonly patch?: string
  readonly warnings?: readonly string[]
  readonly status?: { readonly message: string }
}

const withImage = (image: string, more: object = {}): object => ({
  proxy: { name: 'proxy', image, command: ['envoy'], ...more },
})

describe('the admission of IngressGateways and their pods', () => {
  let webhook: StartedWebhook
  before(async () => {
    webhook = await startWebhook((server) => {
      server.put(INGRESS_GATEWAYS, gatewayWith(withImage('envoy:2')))
    })
  })
  after(() => webhook.end())

  async function review(path: string, fields: object): Promise<Answer> {
    const kind = { group: '', version: 'v1', kind: 'Pod' }
    const request = {
      ...{ uid: 'u', operation: 'CREATE', kind, dryRun: false, namespace: 'shop' },
      ...{ resource: { group: '', version: 'v1', resource: 'pods' }, userInfo: {} },
      ...fields,
    }
    const { text } = await webhook.post(
      path,
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }),
    )
    return (JSON.parse(text) as { readonly response: Answer }).response
  }

  function patched<T>(given: T, { patch }: Answer): T {
    const copy = structuredClone(given)
    const operations = Buffer.from(patch ?? 'W10=', 'base64').toString()
    applyPatch(copy, JSON.parse(operations) as Operation[])
    return copy
  }

  /** A pod as the Deployment makes it from a template of this revision. */
  function podOf(gateway: StoredIngressGateway): Pod {
    const set = setOfGateway(gateway)
    const hash = revisionHash(revisionTemplate(set.spec))
    const injectable = { set, hash, revisionName: revisionName(set.metadata.name, hash) }
    const labels = { 'baton.dev/gateway': gateway.metadata.name }
    const bare = { kind: 'Pod', metadata: { labels, annotations: {} }, spec: { containers: [] } }
    const { patch } = inject(bare, [injectable], { agentImage: 'agent:1', nowMs: 0 })
    applyPatch(bare, [...patch])
    return bare
  }

  const imagesOf = ({ spec }: Pod): readonly (string | undefined)[] =>
    spec?.containers.map(({ image }) => image) ?? []
  const pod = podOf(gatewayWith(withImage('envoy:1')))

  it('lets a pod start with the image that its gateway has by now', async () => {
    const answer = await review('/gateway-pod', { object: pod })
    const revised = patched(pod, answer)
    expect(imagesOf(revised)).to.deep.equal(['envoy:2', 'envoy:2', 'agent:1'])
    const hash = revisionHash(
      revisionTemplate(setOfGateway(gatewayWith(withImage('envoy:2'))).spec),
    )
    const { annotations } = revised.metadata ?? {}
    expect(annotations?.['baton.dev/sidecarset-hash']).to.include(`"hash":"${hash}"`)
    expect(annotations?.['baton.dev/desired']).to.include('"image":"envoy:2"')
    expect((await review('/gateway-pod', { object: revised })).patch).to.equal(undefined)
  })

  it('leaves a pod of another shape to the Deployment', async () => {
    const other = podOf(gatewayWith(withImage('envoy:1', { args: ['other'] })))
    expect((await review('/gateway-pod', { object: other })).patch).to.equal(undefined)
  })

  it('leaves pods alone whose gateway it does not know', async () => {
    const answer = await review('/gateway-pod', { object: pod, namespace: 'other' })
    expect([answer.allowed, answer.patch]).to.deep.equal([true, undefined])
    const stranger = { kind: 'Pod', metadata: {}, spec: { containers: [] } }
    expect((await review('/gateway-pod', { object: stranger })).patch).to.equal(undefined)
  })

  it('lets a pod start with the revision before one that failed', async () => {
    const [former, next] = ['envoy:1', 'envoy:3'].map((image) => gatewayWith(withImage(image)))
    if (former === undefined || next === undefined) throw new Error('there are two')
    const [template, failing] = [former, next].map(({ metadata, spec }) =>
      revisionTemplate(setOfGateway({ ...gatewayWith(), metadata, spec }).spec),
    )
    const hash = revisionHash(template ?? {})
    webhook.apiServer.put(CONTROLLER_REVISIONS, {
      metadata: {
        ...{ namespace: 'baton-system', name: revisionName('gateway.shop.edge', hash) },
        labels: { [REVISION_SET_LABEL]: 'gateway.shop.edge' },
      },
      revision: 1,
      data: revisionData(template ?? {}),
    })
    const status = { currentRevision: hash, failedRevision: revisionHash(failing ?? {}) }
    webhook.apiServer.put(INGRESS_GATEWAYS, { ...next, status })
    const young = podOf(gatewayWith(withImage('envoy:2')))
    await until(async () => {
      const answer = await review('/gateway-pod', { object: young })
      return imagesOf(patched(young, answer))[0] === 'envoy:1'
    })
  })

  it('fills in every default, and nothing the second time', async () => {
    const given = gatewayWith()
    const defaulted = patched(given, await review('/default-ingressgateway', { object: given }))
    expect(defaulted.spec).to.deep.include({ replicas: 1, revisionHistoryLimit: 10 })
    expect(defaulted.spec.service.type).to.equal('LoadBalancer')
    expect(defaulted.spec.proxy.upgradeStrategy?.handover?.drain?.maxSeconds).to.equal(600)
    expect(defaulted.spec.updateStrategy?.maxUnavailable).to.equal(1)
    const again = await review('/default-ingressgateway', { object: defaulted })
    expect(again.patch).to.equal(undefined)
  })

  it('signs what somebody asks of the rollout', async () => {
    const given = gatewayWith()
    const command = JSON.stringify({ verb: 'retry', revision: 'a', reason: 'r', by: 'somebody' })
    const annotations = { 'baton.dev/rollout-command': command }
    const asking = { ...given, metadata: { ...given.metadata, annotations } }
    const answer = await review('/default-ingressgateway', {
      ...{ object: asking, oldObject: given, operation: 'UPDATE', userInfo: { username: 'ann' } },
    })
    const signed = patched(asking, answer).metadata.annotations['baton.dev/rollout-command']
    expect(signed).to.include('"by":"ann"')
  })

  it('refuses what cannot work, with a sentence for each', async () => {
    const object = gatewayWith({ service: { ports: [] }, replicas: -1 })
    const { allowed, status } = await review('/validate-ingressgateway', { object })
    expect(allowed).to.equal(false)
    expect(status?.message).to.include('spec.replicas is -1: ')
    expect(status?.message).to.include('spec.service.ports is []: nobody could reach the gateway')
  })

  it('lets what stands there be labelled, though it would be refused today', async () => {
    const old = gatewayWith({ service: { ports: [] } })
    const object = { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } }
    const fields = { object, oldObject: old, operation: 'UPDATE' }
    expect((await review('/validate-ingressgateway', fields)).allowed).to.equal(true)
  })

  it('warns of fields that nobody knows', async () => {
    const object = gatewayWith(withImage('envoy:1', { comand: ['envoy'] }))
    const { warnings = [] } = await review('/validate-ingressgateway', { object })
    expect(warnings.join()).to.include('spec.proxy.comand is no field that is known here')
  })
})
