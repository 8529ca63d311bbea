import { expect } from 'chai'
import type { Load } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import { event } from '../observe/events.ts'
import type { ReadinessWatch } from '../observe/readiness.ts'
import { watchReadiness } from '../observe/readiness.ts'
import type { Workloads } from '../environment/workloads.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

interface Case {
  readonly image: (workloads: Workloads) => string
  /** Reason of the set's Progressing condition, and what its sentence must contain. */
  readonly reason: string
  readonly message: RegExp
  readonly event: string
  /** Whether pods may be touched at all. */
  readonly touchesPods: boolean
}

const cases: Readonly<Record<string, Case>> = {
  'an image that cannot be pulled touches no pod': {
    image: (workloads) => workloads.missing,
    reason: 'ImagePullFailed',
    message: /no-such-tag/,
    event: 'ImagePullFailed',
    touchesPods: false,
  },
  'a version that exits at start never disturbs the old one': {
    image: (workloads) => workloads.crashing,
    reason: 'UpgradeFailed',
    message: /ProxyExited/,
    event: 'UpgradeFailed',
    touchesPods: true,
  },
  'a version that never listens is stopped at the deadline': {
    image: (workloads) => workloads.deaf,
    reason: 'UpgradeFailed',
    message: /StartDeadlineExceeded/,
    event: 'UpgradeFailed',
    touchesPods: true,
  },
  'a version that listens on fewer ports is stopped, and the missing ones are named': {
    image: (workloads) => workloads.fewerListeners,
    reason: 'UpgradeFailed',
    message: /ListenersMissing.*10002/s,
    event: 'UpgradeFailed',
    touchesPods: true,
  },
}

describe('a new version that does not work', () => {
  const environment = useEnvironment()
  let app: MeshApp
  let load: Load | undefined
  let readiness: ReadinessWatch | undefined

  before('deploy an app of two replicas', async function () {
    this.timeout(180_000)
    const { workloads } = environment()
    app = await deployMesh(environment(), {
      name: 'failures',
      image: workloads.envoy('1.38.3'),
      replicas: 2,
      startDeadlineSeconds: 8,
      updateStrategy: { onFailure: 'Pause' },
    })
  })

  after('remove it', async function () {
    this.timeout(120_000)
    await app.remove()
  })

  afterEach(async () => {
    load?.abort()
    await readiness?.stop()
  })

  for (const [title, expected] of Object.entries(cases)) {
    it(title, async function () {
      this.timeout(180_000)
      const { client, workloads } = environment()
      const before = await app.pods()
      readiness = await watchReadiness(client, app.name)
      load = await app.loadPods(standardProfile({ scale: 0.2 }))

      await app.rollout.setImage(expected.image(workloads))
      const condition = await app.rollout.condition('Progressing', expected.reason)
      expect(condition.status).to.equal('False')
      expect(condition.message).to.match(expected.message)

      const after = await app.pods()
      const touched = after.filter((pod) => {
        const old = before.find(({ metadata }) => metadata.uid === pod.metadata.uid)
        return JSON.stringify(old?.spec) !== JSON.stringify(pod.spec)
      })
      if (expected.touchesPods) {
        expect(touched.length, 'pods touched before the rollout stopped').to.equal(1)
        const name = touched[0]?.metadata.name ?? ''
        const seen = await event(client, app.name, expected.event)
        expect(seen.message, 'the event names the pod').to.contain(name)
      } else {
        expect(touched.map(({ metadata }) => metadata.name)).to.deep.equal([])
        await event(client, app.name, expected.event)
      }

      // A good version afterwards finds nothing in its way: the set heals by the next image.
      const healed = await app.rollout.setImage(workloads.envoy('1.38.3'))
      await app.rollout.completed(healed)
      const summary = await load.stop()
      report(title, summary)
      expectLossless(summary)
      expect(readiness.changes(), 'changes of Ready and of EndpointSlices').to.deep.equal([])
    })
  }
})
