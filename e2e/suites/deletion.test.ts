import { expect } from 'chai'
import type { Summary } from '../../test/ledger/index.ts'
import { lightProfile } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import { eventsIn } from '../observe/events.ts'
import { sentSoFar, untilSent } from '../observe/load.ts'
import { readyPods } from '../observe/rollout.ts'
import type { DeployOptions, MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

/** In flight at every moment, so that an app that ends at once takes some with it. */
const SLOW = { kind: 'slow', perSecond: 6, durationMs: 2000 } as const
/** Longer than the endpoints take to go (3 s) and the connections of the load to drain. */
const PRE_STOP_SECONDS = 12

describe('deletion of one of two pods under load through the Service', () => {
  const environment = useEnvironment()
  let app: MeshApp | undefined

  afterEach('remove the app', async function () {
    this.timeout(120_000)
    await app?.remove()
    app = undefined
  })

  it('loses nothing when the app has a preStop hook', async function () {
    this.timeout(180_000)
    const { summary, warnings, seconds } = await deletion({
      name: 'deletion',
      app: { preStopSeconds: PRE_STOP_SECONDS, endsAtOnce: true },
    })
    report(`plain containers, pod gone after ${seconds.toFixed(1)} s`, summary)
    expectLossless(summary)
    expect(warnings).to.deep.equal([])
  })

  it('loses requests when it has none, as injection warned', async function () {
    this.timeout(180_000)
    const { summary, warnings, seconds } = await deletion({
      name: 'deletion-control',
      app: { endsAtOnce: true },
    })
    report(`without a preStop hook, pod gone after ${seconds.toFixed(1)} s`, summary)
    expect(summary.total.lost, 'lost by the control').to.be.above(0)
    expect(warnings.join('\n')).to.contain('preStop').and.to.contain('add lifecycle.preStop')
  })

  it('loses nothing with native sidecars, over an upgrade and a rollback before it', async function () {
    this.timeout(240_000)
    const { workloads } = environment()
    const { summary, warnings, seconds } = await deletion(
      {
        name: 'native',
        native: true,
        app: { preStopSeconds: PRE_STOP_SECONDS, endsAtOnce: true },
      },
      async (deployed) => {
        for (const version of ['1.40.0', '1.38.3'] as const) {
          const generation = await deployed.rollout.setImage(workloads.envoy(version))
          const status = await deployed.rollout.completed(generation)
          expect(status.failedPods ?? 0, `failed pods at ${version}`).to.equal(0)
        }
      },
    )
    report(`native sidecars, pod gone after ${seconds.toFixed(1)} s`, summary)
    expectLossless(summary)
    expect(warnings).to.deep.equal([])
  })

  async function deletion(
    options: Pick<DeployOptions, 'name' | 'native' | 'app'>,
    first: (deployed: MeshApp) => Promise<void> = () => Promise.resolve(),
  ): Promise<{ summary: Summary; warnings: readonly string[]; seconds: number }> {
    const { client, kubectl, workloads } = environment()
    const image = workloads.envoy('1.38.3')
    const deployed = await deployMesh(environment(), { ...options, image, replicas: 2 })
    app = deployed
    const load = await deployed.loadService([...lightProfile({ scale: 0.8 }), SLOW])
    try {
      await untilSent([load], 300)
      await first(deployed)
      const [pod] = await deployed.pods()
      const name = pod?.metadata.name ?? ''
      const began = Date.now()
      await kubectl(['delete', 'pod', name, '-n', deployed.name, '--wait=false'])
      await waitFor(`pod ${name} gone`, 60_000, async () => {
        const found = await kubectl([
          ...['get', 'pod', name, '-n', deployed.name],
          ...['--ignore-not-found', '-o', 'name'],
        ])
        return found === '' ? true : undefined
      })
      const seconds = (Date.now() - began) / 1000
      await untilSent([load], (await sentSoFar([load])) + 300)
      await readyPods(client, deployed.name, 2)
      const warnings = await eventsIn(client, deployed.name, 'InjectionWarning')
      return { summary: await load.stop(), seconds, warnings: warnings.map((one) => one.message) }
    } catch (error) {
      load.abort()
      throw error
    }
  }
})
