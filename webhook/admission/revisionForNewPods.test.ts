import { expect } from 'chai'
import { applyDefaults } from '../../api/defaults/applyDefaults.ts'
import {
  CUSTOM_VERSION_LABEL,
  REVISION_SET_LABEL,
  revisionHash,
  revisionName,
  revisionTemplate,
} from '../../api/revision.ts'
import type { StoredSidecarSet } from '../../api/v1beta1/kinds.ts'
import type {
  InjectRevision,
  SidecarSetStatus,
  UpdateStrategy,
} from '../../api/v1beta1/sidecarset.ts'
import { createClient } from '../../runtime/client/client.ts'
import { CONTROLLER_REVISIONS } from '../../runtime/client/kinds.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import type { FakeApiServer } from '../../runtime/testing/apiserver.ts'
import { startFakeApiServer } from '../../runtime/testing/apiserver.ts'
import type { Fault } from '../../runtime/testing/faults.ts'
import { createTransport } from '../../runtime/transport/transport.ts'
import type { Transport } from '../../runtime/transport/transport.ts'
import { hotContainer, pod, sidecarSet } from '../inject/testing/build.ts'
import { revisionForNewPods } from './revisionForNewPods.ts'
import type { NewPodRevision } from './revisionForNewPods.ts'

const good = { selector: {}, containers: [hotContainer({ image: 'envoy:good' })] }
const { containers = [] } = applyDefaults(good)
const before = sidecarSet({ containers })
const now = sidecarSet({
  containers: [hotContainer({ image: 'envoy:bad' })],
  volumes: [{ name: 'new', emptyDir: {} }],
})
const current = revisionHash(revisionTemplate(before.spec))
const latest = revisionHash(revisionTemplate(now.spec))
const failed: SidecarSetStatus = { failedRevision: latest, currentRevision: current }

describe('the revision for new pods', () => {
  let server: FakeApiServer
  let transport: Transport

  beforeEach(async () => {
    server = await startFakeApiServer()
    transport = createTransport({
      kubeConfig: server.kubeConfig(),
      userAgent: 'test',
      fieldManager: 'test',
    })
  })
  afterEach(async () => {
    await transport.close()
    await server.stop()
  })

  function store(): void {
    const metadata = {
      name: revisionName('mesh', current),
      namespace: 'baton-system',
      labels: { [REVISION_SET_LABEL]: 'mesh', [CUSTOM_VERSION_LABEL]: 'v1' },
    }
    const data = revisionTemplate(before.spec)
    server.put(CONTROLLER_REVISIONS, { metadata, revision: 1, data })
  }
  function choose(
    status: SidecarSetStatus,
    signal?: AbortSignal,
    revision?: InjectRevision,
    updateStrategy: UpdateStrategy = {},
  ): Promise<NewPodRevision> {
    const pinned = revision === undefined ? {} : { injectionStrategy: { revision } }
    const spec = { ...now.spec, updateStrategy, ...pinned }
    const set: StoredSidecarSet = { ...now, spec, metadata: { name: 'mesh' }, status }
    const revisions = createClient({ transport }).resource(CONTROLLER_REVISIONS)
    const options = { revisions, namespace: 'baton-system', logger: silentLogger, random: () => 0 }
    return revisionForNewPods(set, pod(), options, signal ?? new AbortController().signal)
  }
  const asks = (): number => server.requests.length

  it('is the one before when the latest has failed, with nothing of the latest', async () => {
    store()
    const { injectable, warning } = await choose(failed)
    expect(warning).to.equal(undefined)
    expect(injectable).to.include({ hash: current, revisionName: `mesh-${current}` })
    expect(injectable.set.spec).to.deep.equal({ ...before.spec, updateStrategy: {} })
  })

  describe('while the latest is in the steps of a canary', () => {
    const updateStrategy = { canary: { steps: [{ replicas: 1, pause: {} }] } }
    const rollout = { revision: latest, number: 2, startedAt: '2025-01-01T00:00:00Z' }
    const cases: Readonly<Record<string, readonly [SidecarSetStatus, string]>> = {
      'is the one before before the operator has seen the latest': [
        { currentRevision: current },
        current,
      ],
      'is the one before in a step': [
        { currentRevision: current, rollout: { ...rollout, step: 1 } },
        current,
      ],
      'is the latest when the steps are behind': [{ currentRevision: current, rollout }, latest],
      'is the latest when all pods have it': [{ currentRevision: latest }, latest],
      'is the latest when it is the first one': [{}, latest],
    }
    for (const [name, [status, expected]] of Object.entries(cases)) {
      it(name, async () => {
        store()
        const { injectable, warning } = await choose(status, undefined, undefined, updateStrategy)
        expect([injectable.hash, warning]).to.deep.equal([expected, undefined])
      })
    }

    it('is the latest, with a warning, when the one before is gone', async () => {
      const { injectable, warning } = await choose(
        { currentRevision: current },
        undefined,
        undefined,
        updateStrategy,
      )
      expect(injectable.hash).to.equal(latest)
      expect(warning).to.include('before its turn')
    })
  })

  const pins: Readonly<Record<string, InjectRevision>> = {
    name: { revisionName: revisionName('mesh', current) },
    version: { customVersion: 'v1' },
  }
  for (const [how, revision] of Object.entries(pins)) {
    it(`is the one that is pinned by its ${how}`, async () => {
      store()
      const { injectable, warning } = await choose({}, undefined, revision)
      expect([injectable.hash, warning]).to.deep.equal([current, undefined])
      expect(injectable.set.spec.containers).to.deep.equal(before.spec.containers)
      expect(injectable.set.spec.volumes).to.equal(undefined)
    })
  }

  it('is the latest, with a warning, when the pinned one is not there', async () => {
    const { injectable, warning } = await choose({}, undefined, { customVersion: 'v1' })
    expect(injectable.hash).to.equal(latest)
    expect(warning).to.include('no revision has the version v1')
  })

  it('is the latest, with a warning, when the pinned one belongs to another set', async () => {
    const metadata = { name: 'other-1', namespace: 'baton-system' }
    server.put(CONTROLLER_REVISIONS, { metadata, revision: 1, data: revisionTemplate(before.spec) })
    const { injectable, warning } = await choose({}, undefined, { revisionName: 'other-1' })
    expect(injectable.hash).to.equal(latest)
    expect(warning).to.include('other-1 has no template of this set')
  })

  const fine: Readonly<Record<string, SidecarSetStatus>> = {
    'nothing has failed': { currentRevision: current },
    'another revision has failed': { failedRevision: 'other', currentRevision: current },
    'no revision is known that worked': { failedRevision: latest },
  }
  for (const [name, status] of Object.entries(fine)) {
    it(`is the latest, without asking, when ${name}`, async () => {
      store()
      const { injectable, warning } = await choose(status)
      expect([injectable.hash, warning, asks()]).to.deep.equal([latest, undefined, 0])
      expect(injectable.set.spec).to.deep.equal({ ...now.spec, updateStrategy: {} })
    })
  }

  const unreadable: Readonly<Record<string, { fault?: Fault; why: string }>> = {
    'does not exist': { why: 'not found' },
    'may not be read': { fault: { status: 403 }, why: '403' },
    'is not answered for in time': { fault: { status: -1 }, why: 'no answer in time' },
  }
  for (const [name, { fault, why }] of Object.entries(unreadable)) {
    it(`is the latest, with a warning, when the one before ${name}`, async () => {
      if (fault !== undefined) {
        store()
        server.fail(fault)
      }
      const { injectable, warning } = await choose(failed)
      expect(injectable.hash).to.equal(latest)
      expect(warning).to.include(`mesh-${current}`).and.include(why)
    })
  }

  it('is none when nobody waits for it any more', async () => {
    server.fail({ status: -1 })
    const gone = new AbortController()
    const chosen = choose(failed, gone.signal)
    gone.abort(new Error('gone'))
    const outcome = await chosen.then(
      () => 'a revision',
      () => 'none',
    )
    expect(outcome).to.equal('none')
  })
})
