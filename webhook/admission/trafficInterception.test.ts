import { expect } from 'chai'
import { applyPatch } from 'rfc6902'
import type { Operation } from 'rfc6902'
import { defaultInterception } from '../../api/defaults/trafficInterceptionDefaults.ts'
import { parseInterception } from '../../api/interception/desired.ts'
import type { Interception } from '../../api/interception/desired.ts'
import { proxyUsers, wantedInterception } from '../../api/interception/wanted.ts'
import { SIDECAR_SETS, TRAFFIC_INTERCEPTIONS } from '../../api/v1beta1/kinds.ts'
import type { TrafficInterception } from '../../api/v1beta1/trafficinterception.ts'
import { NAMESPACES } from '../../runtime/client/kinds.ts'
import { until } from '../../runtime/testing/until.ts'
import type { Pod } from '../inject/podTypes.ts'
import { pod, sidecarSet } from '../inject/testing/build.ts'
import type { StartedWebhook } from '../testing/startWebhook.ts'
import { startWebhook } from '../testing/startWebhook.ts'

interface Answer {
  readonly allowed: boolean
  readonly patch?: string
  readonly status?: {
    readonly message: string
    readonly details?: { readonly causes?: readonly object[] }
  }
}

describe('the admission of TrafficInterceptions', () => {
  let webhook: StartedWebhook
  before(async () => {
    webhook = await startWebhook((server) => {
      const set = sidecarSet({ interception: {} })
      server.put(SIDECAR_SETS, { ...set, metadata: { ...set.metadata, name: 'mesh' } })
      server.put(NAMESPACES, { metadata: { name: 'default' } })
    })
  })
  after(() => webhook.end())

  const interception = (spec: object): TrafficInterception => ({
    apiVersion: 'baton.dev/v1beta1',
    kind: 'TrafficInterception',
    metadata: { name: 'shop', namespace: 'default' },
    spec: { selector: { matchLabels: { app: 'shop' } }, enabled: true, ...spec },
  })

  async function review(path: string, object: object, oldObject?: object): Promise<Answer> {
    const request = {
      ...{ uid: 'u', userInfo: {}, dryRun: false, namespace: 'default', object, oldObject },
      operation: oldObject === undefined ? 'CREATE' : 'UPDATE',
      kind: { group: 'baton.dev', version: 'v1beta1', kind: 'TrafficInterception' },
      resource: { group: 'baton.dev', version: 'v1beta1', resource: 'trafficinterceptions' },
    }
    const { text } = await webhook.post(
      path,
      JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request }),
    )
    return (JSON.parse(text) as { readonly response: Answer }).response
  }

  it('fills in every default, and nothing the second time', async () => {
    const given = interception({ inbound: { ports: [8080] } })
    const { patch = '' } = await review('/default-trafficinterception', given)
    const after = structuredClone(given)
    applyPatch(after, JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[])
    expect(after.spec).to.deep.equal(defaultInterception(given.spec))
    expect((await review('/default-trafficinterception', after)).patch).to.equal(undefined)
  })

  it('refuses what cannot work, with a sentence and a cause for each thing', async () => {
    const wrong = interception({ outbound: { proxyPort: 0 }, rollout: { maxUnavailable: '0%' } })
    const { allowed, status } = await review('/validate-trafficinterception', wrong)
    expect(allowed).to.equal(false)
    expect(status?.message).to.equal(
      'spec.outbound.proxyPort is 0: this is not a port; use a whole number from 1 to 65535. ' +
        'spec.rollout.maxUnavailable is "0%": no pod could ever be toggled; ' +
        'use a whole number of at least 1, or a percentage from 1% to 100%.',
    )
    expect(status?.details?.causes).to.have.length(2)
  })

  it('lets labels and finalizers be written on one that newer rules would refuse', async () => {
    const old = interception({ mode: 'Elsewhere' })
    const after = { ...old, metadata: { ...old.metadata, finalizers: ['a/b'] } }
    expect((await review('/validate-trafficinterception', after, old)).allowed).to.equal(true)
    const changed = interception({ mode: 'Elsewhere', enabled: false })
    expect((await review('/validate-trafficinterception', changed, old)).allowed).to.equal(false)
  })

  it('takes what is right', async () => {
    const answer = await review('/validate-trafficinterception', interception({}))
    expect(answer.allowed).to.equal(true)
  })

  it('lets a new pod start with what its object wants, as the operator will want it too', async () => {
    const { apiServer } = webhook
    const createPod = async (): Promise<Pod> => {
      const given = { kind: 'Pod', ...pod() }
      const { patch = '' } = await review('/inject', given)
      const created = structuredClone(given)
      applyPatch(created, JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[])
      return created
    }
    const told = async (): Promise<Interception> => {
      const annotations = (await createPod()).metadata?.annotations ?? {}
      return parseInterception(annotations['baton.dev/interception'] ?? '')
    }
    expect(await told()).to.include({ enabled: false, from: '' })

    const object = interception({ inbound: { ports: [8080] } })
    const stored = {
      ...object,
      metadata: { ...object.metadata, name: 'shop', namespace: 'default' },
    }
    apiServer.put(TRAFFIC_INTERCEPTIONS, stored)
    await until(async () => (await told()).from === 'shop')
    const created = await createPod()
    expect(await told()).to.deep.equal(wantedInterception(stored, proxyUsers(created)))
    // Before the first packet of the app.
    const names = created.spec?.initContainers?.map(({ name }) => name)
    expect(names).to.include('baton-iptables')
  })
})
