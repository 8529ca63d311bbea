import { expect } from 'chai'
import { annotations } from '../../api/group.ts'
import type { AnalysisMetric } from '../../api/v1beta1/analysis.ts'
import { SIDECAR_SETS } from '../../api/v1beta1/kinds.ts'
import type { CanaryStep } from '../../api/v1beta1/sidecarset.ts'
import { launchBrowser, openPage } from '../../console/testing/browser.ts'
import type { Load } from '../../test/ledger/index.ts'
import { standardProfile } from '../../test/ledger/index.ts'
import { waitFor } from '../environment/wait.ts'
import type { Monitoring } from '../observe/monitoring.ts'
import { startMonitoring } from '../observe/monitoring.ts'
import { installPlugin } from '../environment/plugin.ts'
import { readyPods } from '../observe/rollout.ts'
import type { MeshApp } from '../workload/deploy.ts'
import { deployMesh } from '../workload/deploy.ts'
import { useEnvironment } from './sharedEnvironment.ts'
import { expectLossless, report } from './verdict.ts'

const OLD = '1.38.3'
const NEW = '1.40.0'
const THIRD = '1.39.3'

describe('a canary in two steps', () => {
  const environment = useEnvironment()
  let app: MeshApp
  let load: Load | undefined
  /** Undefined on a cluster whose pods cannot reach this machine. */
  let monitoring: Monitoring | undefined

  before('deploy an app of two replicas, and watch over it', async function () {
    this.timeout(180_000)
    monitoring = environment().nodeAccess ? await startMonitoring(environment()) : undefined
    app = await deployMesh(environment(), {
      name: 'canary',
      image: environment().workloads.envoy(OLD),
      replicas: 2,
      // As little as an idle slot has: without resizes the rollout is short.
      requests: { cpu: '10m', memory: '16Mi' },
      updateStrategy: {
        maxUnavailable: '100%',
        canary: { steps: [{ replicas: 1, pause: {}, ...judgedBy(monitoring) }] },
      },
    })
  })

  after('remove it', async function () {
    this.timeout(120_000)
    load?.abort()
    await monitoring?.stop()
    await app.remove()
  })

  it('waits for a person, gives new pods the old version, obeys the one command meant for it, and is on the dashboards', async function () {
    this.timeout(270_000)
    const { client, workloads } = environment()
    const running = await app.loadPods(standardProfile({ scale: 0.3 }))
    load = running
    const generation = await app.rollout.setImage(workloads.envoy(NEW))
    await app.rollout.condition('Paused', 'CanaryStepPaused')
    const { status } = await app.rollout.get()
    expect(status).to.include({ currentStep: 1, updatedPods: 1, matchedPods: 2 })

    // A pod that comes in the middle of the canary is no canary.
    await app.scale(3)
    const images = (await app.pods()).map(({ spec }) =>
      spec?.containers.filter(({ name }) => name.startsWith('proxy-')).map(({ image }) => image),
    )
    const upgraded = images.filter((slots) => slots?.includes(workloads.envoy(NEW)))
    expect(upgraded, JSON.stringify(images)).to.have.lengthOf(1)

    if (monitoring !== undefined) await expectComparison()
    const refused = await command({ verb: 'resume', revision: 'of-last-week', step: 1 }).catch(
      (error: unknown) => String(error),
    )
    expect(refused).to.contain('of-last-week')
    await command({ verb: 'resume', revision: status?.latestRevision ?? '', step: 1 })
    await app.rollout.completed(generation)
    await readyPods(client, app.name, 3)
    const summary = await running.stop()
    report('a canary of one, then the rest', summary)
    expectLossless(summary)
    const { status: end } = await app.rollout.get()
    expect(end?.lastCommand?.by, 'who resumed it').to.not.equal(undefined)
    if (monitoring !== undefined) await expectShown(monitoring)
  })

  /** All panels have something to show, and nobody was told of a good rollout. */
  async function expectShown(by: Monitoring): Promise<void> {
    for (const uid of ['baton-rollouts', 'baton-health']) await by.everyPanel(uid)
    expect(await by.brokenRules()).to.deep.equal([])
    const firing = await by.firing()
    const about = firing.filter(({ labels: { sidecarset = app.name, namespace = app.name } }) =>
      [sidecarset, namespace].every((name) => name === app.name),
    )
    expect(about).to.deep.equal([])
  }

  /** The canary may cut no more connections than as many pods of the old version at the same time. */
  function judgedBy(provider: Monitoring | undefined): Pick<CanaryStep, 'analysis'> {
    if (provider === undefined) return {}
    const query = 'sum(baton_agent_connections_cut_total{pod=~"$revision"})'
    const cut: AnalysisMetric = {
      name: 'cut',
      interval: '1s',
      count: 3,
      successCondition: 'result[0] <= stable[0]',
      provider: { prometheus: { address: provider.address, query } },
    }
    return { analysis: { metrics: [cut] } }
  }

  async function expectComparison(): Promise<void> {
    const metric = await waitFor('the canary is judged', 60_000, async () => {
      const [first] = (await app.rollout.get()).status?.analysis?.step?.metrics ?? []
      return first?.verdict === 'Passed' ? first : undefined
    })
    expect(metric).to.include({ name: 'cut', successful: 3, failed: 0, errors: 0 })
    expect(metric.query).to.match(/pod=~"canary-/)
    expect(metric.measurements.at(-1)).to.include({ value: 0, threshold: '<= 0' })
  }

  it('is seen and steered from the console, in a browser', async function () {
    this.timeout(120_000)
    const { workloads, cluster } = environment()
    // The test before has scaled it, if it has run.
    const { length: count } = await app.pods()
    const plugin = installPlugin(cluster)
    const served = await plugin.start('console --port 0')
    const browser = await launchBrowser()
    try {
      const { page, faults, shoot } = await openPage(browser)
      await page.goto(served.firstLine)
      await page.getByRole('link', { name: app.name, exact: true }).click()
      const act = async (word: string): Promise<void> => {
        await page.getByRole('button', { name: word, exact: true }).click()
        const dialog = page.getByRole('dialog')
        await dialog.getByText(`${count} pods in 1 namespace`).waitFor()
        await dialog.getByRole('button', { name: word, exact: true }).click()
        await dialog.waitFor({ state: 'hidden' })
      }
      const generation = await app.rollout.setImage(workloads.envoy(THIRD))
      await page.locator('[data-pod]', { hasText: 'Upgrading' }).waitFor()
      await page.locator('[aria-current=step]', { hasText: 'until resumed' }).waitFor()
      await page.getByText('Held up by CanaryStep').waitFor({ timeout: 60_000 })
      await shoot('cluster-canary')
      await act('Pause')
      await page.getByText('Held up by Paused').waitFor()
      await act('Resume')
      await page.getByText('Held up by CanaryStep').waitFor()
      await act('Resume')
      await page.getByText(`${count} / ${count}`).waitFor({ timeout: 60_000 })
      await app.rollout.completed(generation)
      await page
        .locator('.slot', { hasText: 'serving' })
        .filter({ hasText: THIRD })
        .first()
        .waitFor()
      await page.getByText(/asked for resume/).waitFor()
      expect(faults).to.deep.equal([])
      const { status } = await app.rollout.get()
      expect(status?.lastCommand).to.include({ verb: 'resume', outcome: 'Accepted' })
    } finally {
      await browser.close()
      expect(await served.stop()).to.equal(0)
      plugin.remove()
    }
  })

  /** As `kubectl annotate` would. */
  async function command(what: object): Promise<void> {
    await environment()
      .client.resource(SIDECAR_SETS)
      .mergePatch(
        { name: app.name },
        { metadata: { annotations: { [annotations.rolloutCommand]: JSON.stringify(what) } } },
      )
  }
})
