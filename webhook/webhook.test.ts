import { expect } from 'chai'
import { applyPatch } from 'rfc6902'
import type { Operation } from 'rfc6902'
import { podRevisions } from '../api/podRecord.ts'
import { revisionHash, revisionName, revisionTemplate } from '../api/revision.ts'
import { SIDECAR_SETS } from '../api/v1beta1/kinds.ts'
import type { StoredSidecarSet } from '../api/v1beta1/kinds.ts'
import type { SidecarSet } from '../api/v1beta1/sidecarset.ts'
import { CONTROLLER_REVISIONS, EVENTS, NAMESPACES } from '../runtime/client/kinds.ts'
import type { FakeApiServer } from '../runtime/testing/apiserver.ts'
import { until } from '../runtime/testing/until.ts'
import type { Pod } from './inject/podTypes.ts'
import { hotContainer, pod, sidecarSet } from './inject/testing/build.ts'
import type { StartedWebhook } from './testing/startWebhook.ts'
import { startWebhook } from './testing/startWebhook.ts'

interface Answer {
  readonly uid: string
  readonly allowed: boolean
  readonly patch?: string
  readonly warnings?: readonly string[]
  readonly status?: {
    readonly code: number
    readonly message: string
    readonly details?: { readonly causes?: readonly { readonly field: string }[] }
  }
}

describe('the webhook', () => {
  let webhook: StartedWebhook
  let apiServer: FakeApiServer

  before(async () => {
    webhook = await startWebhook((server) => {
      server.put(NAMESPACES, namespace('shop'))
      server.put(NAMESPACES, namespace('quiet', { 'baton.dev/inject': 'false' }))
      server.put(SIDECAR_SETS, stored(sidecarSet()))
    })
    apiServer = webhook.apiServer
  })
  after(() => webhook.end())

  async function review(path: string, fields: object): Promise<Answer> {
    const { text } = await webhook.post(
      path,
      JSON.stringify({
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        request: {
          uid: 'u',
          operation: 'CREATE',
          kind: { group: '', version: 'v1', kind: 'Pod' },
          resource: { group: '', version: 'v1', resource: 'pods' },
          userInfo: {},
          dryRun: false,
          ...fields,
        },
      }),
    )
    const { response } = JSON.parse(text) as { readonly response: Answer }
    return response
  }

  function createPod(given: Pod, fields: object = {}): Promise<Answer> {
    return review('/inject', { namespace: 'shop', object: { kind: 'Pod', ...given }, ...fields })
  }

  it('injects a pod that a set selects', async () => {
    const answer = await createPod(pod())
    expect(answer.allowed).to.equal(true)
    const injected = withPatch(pod(), answer)
    expect(injected.spec?.containers.map(({ name }) => name)).to.deep.equal([
      'proxy-1',
      'proxy-2',
      'baton-agent',
      'app',
    ])
    expect(answer.warnings?.join()).to.include('preStop')
  })

  it('changes nothing about a pod that it injected before', async () => {
    const injected = withPatch(pod(), await createPod(pod()))
    const again = await createPod(injected)
    expect([again.patch, again.warnings ?? []]).to.deep.equal([undefined, []])
  })

  it('tells once what it skips, though a pod is sent for each of its sets', async () => {
    apiServer.put(SIDECAR_SETS, stored(sidecarSet({}, 'other')))
    const skips = (answer: Answer) =>
      (answer.warnings ?? []).filter((warning) => warning.includes('other is not injected'))
    const first = await until(
      async () => {
        const answer = await createPod(pod())
        return skips(answer).length > 0 ? answer : undefined
      },
      { what: 'the second set is known' },
    )
    expect(skips(first)).to.have.lengthOf(1)
    expect(skips(await createPod(withPatch(pod(), first)))).to.deep.equal([])
    apiServer.remove(SIDECAR_SETS, { name: 'other' })
  })

  it('lets a pod pass that no set selects', async () => {
    const answer = await createPod(pod({}, { labels: { app: 'other' } }))
    expect([answer.allowed, answer.patch]).to.deep.equal([true, undefined])
  })

  it('respects the opt-out of a namespace', async () => {
    const answer = await createPod(pod(), { namespace: 'quiet' })
    expect([answer.allowed, answer.patch]).to.deep.equal([true, undefined])
  })

  it('asks the API server for a set and a namespace that its caches do not have yet', async () => {
    apiServer.stallWatches(true)
    try {
      apiServer.put(NAMESPACES, namespace('new', { env: 'new' }))
      const late = sidecarSet(
        {
          selector: { matchLabels: { app: 'late' } },
          namespaceSelector: { matchLabels: { env: 'new' } },
        },
        'late',
      )
      apiServer.put(SIDECAR_SETS, stored(late))
      const answer = await createPod(pod({}, { labels: { app: 'late' } }), { namespace: 'new' })
      expect(answer.patch).to.be.a('string')
    } finally {
      apiServer.stallWatches(false)
    }
  })

  describe('after a failed revision', () => {
    const working = sidecarSet({ containers: [hotContainer({ image: 'envoy:good' })] })
    const former = revisionHash(revisionTemplate(working.spec))
    const image = (answer: Answer): string | undefined =>
      withPatch(pod(), answer).spec?.containers.find(({ name }) => name === 'proxy-1')?.image

    /** A set whose spec has failed, and whose pods are back at the revision before. */
    function putFailed(name: string): string {
      const spec = {
        selector: { matchLabels: { app: name } },
        containers: [hotContainer({ image: 'envoy:bad' })],
        volumes: [{ name: 'new', emptyDir: {} }],
      }
      const failed = sidecarSet(spec, name)
      const failedRevision = revisionHash(revisionTemplate(failed.spec))
      const status = { failedRevision, latestRevision: failedRevision, currentRevision: former }
      apiServer.put(SIDECAR_SETS, stored({ ...failed, status }))
      return failedRevision
    }
    function createPodOf(name: string): Promise<Answer> {
      return createPod(pod({}, { labels: { app: name } }))
    }

    it('gives a new pod the revision before', async () => {
      putFailed('fails')
      const name = revisionName('fails', former)
      apiServer.put(CONTROLLER_REVISIONS, {
        metadata: { name, namespace: 'baton-system' },
        revision: 1,
        data: revisionTemplate(working.spec),
      })
      const answer = await createPodOf('fails')
      expect(image(answer)).to.equal('envoy:good')
      expect(answer.warnings?.join()).not.to.include('fails')
      const written = podRevisions(withPatch(pod(), answer).metadata?.annotations)['fails']
      expect(written).to.include({ hash: former, controllerRevision: name })
    })

    it('gives a new pod the failed one all the same when the one before cannot be read', async () => {
      const failedRevision = putFailed('lost')
      const answer = await createPodOf('lost')
      expect(image(answer)).to.equal('envoy:bad')
      const warning = `SidecarSet lost: the pod gets revision ${failedRevision}`
      expect(answer.warnings?.join()).to.include(warning)
    })
  })

  it('tells the owner of a pod, but not of a dry run', async () => {
    const owned = (uid: string) => {
      const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `shop-${uid}`, uid }
      return pod({}, { ownerReferences: [{ ...owner, controller: true }] })
    }
    await createPod(owned('dry'), { dryRun: true })
    await createPod(owned('wet'))
    const messages = () =>
      apiServer
        .list(EVENTS)
        .filter(
          ({ reason, involvedObject }) =>
            reason === 'Injected' && involvedObject.kind === 'ReplicaSet',
        )
        .map(({ involvedObject, message }) => `${String(involvedObject.name)}: ${message ?? ''}`)
    await until(() => messages().length > 0, { what: 'an event about the owner' })
    expect(messages()).to.have.lengthOf(1)
    expect(messages()[0]).to.match(/^shop-wet: Injected proxy-1, proxy-2 of SidecarSet mesh/)
  })

  it('warns the owner of an app whose pods lose requests when they are deleted', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'shop-bare', uid: 'bare' }
    await createPod(pod({}, { ownerReferences: [{ ...owner, controller: true }] }))
    const told = await until(
      () =>
        apiServer
          .list(EVENTS)
          .find(
            ({ reason, involvedObject }) =>
              reason === 'InjectionWarning' && involvedObject.name === 'shop-bare',
          ),
      { what: 'a warning about the owner' },
    )
    expect(told.message).to.match(/^Without a preStop hook in app, .+ add lifecycle\.preStop/)
  })

  it('fills in the defaults of a set', async () => {
    const given = { ...sidecarSet(), kind: 'SidecarSet' as const }
    const answer = await review('/default-sidecarset', { object: given })
    const { spec } = withPatch(given, answer)
    expect(spec.updateStrategy?.maxUnavailable).to.equal(1)
    expect(spec.containers?.[0]?.podInjectPolicy).to.equal('BeforeAppContainer')
    const again = await review('/default-sidecarset', { object: { ...given, spec } })
    expect(again.patch).to.equal(undefined)
  })

  it('refuses a set with a sentence for each thing that is wrong', async () => {
    const wrong = sidecarSet({ selector: {}, updateStrategy: { maxUnavailable: 0 } })
    const { allowed, status } = await review('/validate-sidecarset', { object: wrong })
    expect(allowed).to.equal(false)
    expect(status?.message).to.match(/spec\.selector is \{\}: .+\. spec\.updateStrategy\.maxUnav/)
    expect(status?.details?.causes?.map(({ field }) => field)).to.deep.equal([
      'spec.selector',
      'spec.updateStrategy.maxUnavailable',
    ])
  })

  it('compares an update with the set before', async () => {
    const added = sidecarSet({ containers: [hotContainer(), { name: 'new', image: 'new:v1' }] })
    const update = { operation: 'UPDATE', oldObject: sidecarSet(), object: added }
    const { allowed, status } = await review('/validate-sidecarset', update)
    expect(allowed).to.equal(false)
    expect(status?.message).to.include('spec.containers[1].name is "new"')
  })

  it('lets the metadata of a set be written that would be refused today', async () => {
    const outdated = sidecarSet({ containers: [] })
    const object = { ...outdated, metadata: { name: 'mesh', labels: { a: 'b' } } }
    const update = { operation: 'UPDATE', oldObject: outdated, object }
    expect((await review('/validate-sidecarset', update)).allowed).to.equal(true)
  })

  it('answers an error of its own with 500, and goes on', async () => {
    const answer = await review('/inject', { object: { kind: 'Secret' } })
    expect([answer.allowed, answer.status?.code]).to.deep.equal([false, 500])
    expect((await createPod(pod())).allowed).to.equal(true)
  })

  it('counts injections and skips', async () => {
    const text = await webhook.metrics.text()
    expect(text).to.match(/^baton_injections_total [1-9]/m)
    expect(text).to.match(/^baton_injections_skipped_total\{reason="NamespaceOptedOut"\} 1$/m)
    expect(text).to.match(/^baton_injections_skipped_total\{reason="HostNetwork"\} 0$/m)
  })
})

function namespace(name: string, labels: Readonly<Record<string, string>> = {}) {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

function stored(set: SidecarSet): StoredSidecarSet {
  return { ...set, metadata: { name: set.metadata.name ?? '' } }
}

function withPatch<T>(object: T, { patch }: Answer): T {
  if (patch === undefined) throw new Error('the answer has no patch')
  const copy = structuredClone(object)
  const operations = JSON.parse(Buffer.from(patch, 'base64').toString()) as Operation[]
  expect(applyPatch(copy, operations).filter((error) => error !== null)).to.deep.equal([])
  return copy
}
