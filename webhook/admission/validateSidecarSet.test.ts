import { expect } from 'chai'
import { CUSTOM_VERSION_LABEL, REVISION_SET_LABEL, revisionTemplate } from '../../api/revision.ts'
import type { InjectRevision, SidecarSet } from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { CONFIG_MAPS, CONTROLLER_REVISIONS } from '../../runtime/client/kinds.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Transport } from '../../runtime/transport/transport.ts'
import type { AdmissionAnswer } from '../../runtime/webhookserver/admission.ts'
import { hotContainer, sidecarSet } from '../inject/testing/build.ts'
import { createValidateSidecarSet } from './validateSidecarSet.ts'

describe('the validation of a set against others', () => {
  let server: FakeApiServer
  let transport: Transport
  const existing = [sidecarSet({}, 'mesh')]

  before(async () => {
    server = await startFakeApiServer()
    transport = createTransport({
      kubeConfig: server.kubeConfig(),
      userAgent: 'test',
      fieldManager: 'test',
    })
    const rules = [{ allowedAnnotationKeyExprs: ['^example\\.com/'] }]
    server.put(CONFIG_MAPS, {
      metadata: { name: 'baton-configuration', namespace: 'baton-system' },
      data: { SidecarSet_PatchPodMetadata_WhiteList: JSON.stringify({ rules }) },
    })
    server.put(CONTROLLER_REVISIONS, {
      metadata: {
        name: 'logs-1',
        namespace: 'baton-system',
        labels: { [REVISION_SET_LABEL]: 'logs', [CUSTOM_VERSION_LABEL]: 'v1' },
      },
      revision: 1,
      data: revisionTemplate(sidecarSet().spec),
    })
  })
  after(async () => {
    await transport.close()
    await server.stop()
  })

  async function answerTo(set: SidecarSet, old?: SidecarSet): Promise<AdmissionAnswer> {
    const validate = createValidateSidecarSet({
      revisions: createClient({ transport }).resource(CONTROLLER_REVISIONS),
      namespace: 'baton-system',
      sets: () => existing,
      configMaps: createClient({ transport }).resource(CONFIG_MAPS),
    })
    return validate(
      {
        uid: '1',
        operation: old === undefined ? 'CREATE' : 'UPDATE',
        kind: { group: 'baton.dev', version: 'v1beta1', kind: 'SidecarSet' },
        resource: { group: 'baton.dev', version: 'v1beta1', resource: 'sidecarsets' },
        namespace: '',
        dryRun: false,
        userInfo: {},
        object: set,
        ...(old === undefined ? {} : { oldObject: old }),
      },
      AbortSignal.timeout(5000),
    )
  }

  async function fieldsRefused(set: SidecarSet, old?: SidecarSet): Promise<readonly string[]> {
    const answer = await answerTo(set, old)
    return answer.allowed ? [] : answer.causes.map(({ field }) => field)
  }

  const logs = (image: string, revision?: InjectRevision): SidecarSet =>
    sidecarSet(
      {
        containers: [{ name: 'shipper', image }],
        ...(revision === undefined ? {} : { injectionStrategy: { revision } }),
      },
      'logs',
    )

  it('refuses a container that another set brings to the same pods', async () => {
    const clash = sidecarSet({ containers: [hotContainer()] }, 'other')
    expect(await fieldsRefused(clash)).to.deep.equal([
      'spec.containers[0].name',
      'spec.containers[0].name',
    ])
  })

  it('lets the image be changed of a set that conflicted before', async () => {
    const clash = (image: string) => sidecarSet({ containers: [hotContainer({ image })] }, 'other')
    expect(await fieldsRefused(clash('envoy:v2'), clash('envoy:v1'))).to.deep.equal([])
  })

  it('warns of a field that nobody knows, and takes the set', async () => {
    const spec = { containers: [{ ...hotContainer(), imagePullPolcy: 'Always' }] }
    const { allowed, warnings } = await answerTo(sidecarSet(spec))
    expect(allowed).to.equal(true)
    expect(warnings.join()).to.contain('spec.containers[0].imagePullPolcy is no field')
  })

  it('lets a set be pinned to a revision that is there, by name and by version', async () => {
    expect(await fieldsRefused(logs('shipper:v2', { revisionName: 'logs-1' }))).to.deep.equal([])
    expect(await fieldsRefused(logs('shipper:v2', { customVersion: 'v1' }))).to.deep.equal([])
  })

  const unknown: Readonly<Record<string, InjectRevision>> = {
    'no revision has the name': { revisionName: 'logs-2' },
    'no revision has the version': { customVersion: 'v2' },
    'the revision is of another set': { revisionName: 'mesh-1' },
  }
  for (const [name, revision] of Object.entries(unknown)) {
    it(`refuses to pin when ${name}`, async () => {
      const fields = await fieldsRefused(logs('shipper:v2', revision))
      expect(fields).to.deep.equal(['spec.injectionStrategy.revision'])
    })
  }

  it('lets a set patch the annotations that the administrator allows, and no others', async () => {
    const patching = (key: string): SidecarSet => {
      const set = logs('shipper:v1')
      return { ...set, spec: { ...set.spec, patchPodMetadata: [{ annotations: { [key]: 'x' } }] } }
    }
    expect(await fieldsRefused(patching('example.com/zone'))).to.deep.equal([])
    expect(await fieldsRefused(patching('other.com/zone'))).to.deep.equal([
      'spec.patchPodMetadata[0].annotations[other.com/zone]',
    ])
  })

  it('lets a set be changed whose pinned revision was trimmed since', async () => {
    const pinned = { revisionName: 'logs-2' }
    const fields = await fieldsRefused(logs('shipper:v3', pinned), logs('shipper:v2', pinned))
    expect(fields).to.deep.equal([])
  })
})
