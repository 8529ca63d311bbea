import { expect } from 'chai'
import { join } from 'node:path'
import { AgentServer } from '../agent/http/server.ts'
import { routes } from '../agent/http/routes.ts'
import { InterceptionMetrics } from '../agent/interception/metrics.ts'
import { AgentMetrics } from '../agent/metrics/agentMetrics.ts'
import { jsonLogger } from '../agent/log.ts'
import { systemClock } from '../agent/clock.ts'
import type { InterceptionStatus, InterceptionToggle } from '../api/interception/status.ts'
import { annotations } from '../api/group.ts'
import { SIDECAR_SETS } from '../api/v1beta1/kinds.ts'
import type { UpdateStrategy } from '../api/v1beta1/sidecarset.ts'
import { hotProxy } from '../operator/testing/build.ts'
import { startInterceptionWorld } from '../operator/testing/interceptionWorld.ts'
import type { InterceptionWorld } from '../operator/testing/interceptionWorld.ts'
import { freePort } from '../launcher/testing/ports.ts'
import { startPrometheus } from '../operator/testing/prometheus.ts'
import type { RunningPrometheus } from '../operator/testing/prometheus.ts'
import { NAMESPACES } from '../runtime/client/kinds.ts'
import { until } from '../runtime/testing/until.ts'
import { pod, sidecarSet } from '../webhook/inject/testing/build.ts'
import { startWebhook } from '../webhook/testing/startWebhook.ts'
import type { StartedWebhook } from '../webhook/testing/startWebhook.ts'
import { alerts } from './alerts/index.ts'
import { GENERATED_FOLDER, RULES_FILE } from './generate.ts'
import { JOBS } from './jobs.ts'
import { measured } from './reference/measured.ts'
import { emptyPanels } from './testing/emptyPanels.ts'
import { unknownIn } from './testing/known.ts'
import type { PrometheusApi } from './testing/prometheusApi.ts'
import { prometheusApi } from './testing/prometheusApi.ts'
import { alertQueries, panelQueries } from './testing/queries.ts'

const V1 = [hotProxy('proxy:1')]
const BROKEN = 'proxy:broken'

const agentConfig = {
  ...{ v: 1 as const, runDir: '', podInfoDir: '', port: 0 },
  containers: [{ name: 'proxy', slots: ['proxy-1', 'proxy-2'], privatePorts: [] }],
}

const switchedOn: InterceptionStatus = {
  ...{ id: '1', state: 'On' as const, phase: 'Idle' as const, rules: { v4: null, v6: null } },
  ...{ verified: true, probe: null, lastToggle: null, repairs: 0, bypasses: 0, message: '' },
}

const toggle: InterceptionToggle = {
  from: 'Off',
  to: 'On',
  ...{ startedAt: '2025-01-01T00:00:00.000Z', durationSeconds: 0.3 },
  ...{ reason: 'Switched', sentence: 'It is on.', hooks: [] },
}

const review = {
  apiVersion: 'admission.k8s.io/v1',
  kind: 'AdmissionReview',
  request: {
    ...{ uid: 'u', operation: 'CREATE', namespace: 'shop', dryRun: false },
    object: { kind: 'Pod', ...pod() },
    kind: { group: '', version: 'v1', kind: 'Pod' },
    resource: { group: '', version: 'v1', resource: 'pods' },
    userInfo: { username: 'somebody' },
  },
}

/**
 * Operator, webhook and the agent's server as they run, scraped by a real Prometheus with the rules
 * as they are shipped, while pods are upgraded and switched.
 */
describe('a real Prometheus that scrapes Baton', function () {
  this.timeout(120_000)
  const began = Date.now() / 1000
  let world: InterceptionWorld
  let webhook: StartedWebhook
  let agent: AgentServer
  let prometheus: RunningPrometheus
  let api: PrometheusApi
  const counts = new AgentMetrics(agentConfig)
  const switching = new InterceptionMetrics()

  before(async () => {
    const metricsPort = await freePort()
    world = await startInterceptionWorld({ metricsPort, brokenImages: new Set([BROKEN]) })
    webhook = await startWebhook((server) => {
      server.put(NAMESPACES, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' } })
      server.put(SIDECAR_SETS, { ...sidecarSet(), metadata: { name: 'mesh', uid: 'uid-mesh' } })
    })
    agent = await AgentServer.listen({
      port: 0,
      log: jsonLogger(() => undefined),
      routes: routes({
        managers: [],
        interception: { status: switchedOn, doesWithoutProxy: false, metrics: switching },
        metrics: counts,
        clock: systemClock,
      }),
    })
    const scraped = (job: string, port: number, labels: object, honor: boolean) => ({
      job_name: job,
      honor_labels: honor,
      static_configs: [{ targets: [`127.0.0.1:${port}`], labels }],
    })
    const own = { namespace: 'baton-system' }
    prometheus = await startPrometheus({
      // A scrape that takes longer is lost, and this machine may have much to do.
      scrapeMs: 1_000,
      ruleFiles: [join(GENERATED_FOLDER, RULES_FILE)],
      scrapeConfigs: [
        scraped(JOBS.operator, metricsPort, { ...own, pod: 'operator-0' }, true),
        scraped(JOBS.webhook, webhook.metricsPort(), { ...own, pod: 'webhook-0' }, true),
        scraped(JOBS.agent, agent.port, { namespace: 'shop', pod: 'web-0' }, false),
      ],
    })
    api = prometheusApi(prometheus.address)
    world.addSwitchablePods(4)
    world.putSet({ containers: V1, updateStrategy: strategy() })
    world.putInterception({ spec: { rollout: { maxUnavailable: '100%' } } })
    world.startOperator()
    await until(() => reason() === 'RolloutCompleted', { deadlineMs: 60_000 })
    await scrapedTwice()
  })
  after(async () => {
    await prometheus.stop()
    agent.close()
    await webhook.end()
    await world.stop()
  })

  const reason = (): string | undefined =>
    world.set().status?.conditions?.find(({ type }) => type === 'Progressing')?.reason

  /** What is counted between two scrapes is seen to grow. */
  async function scrapedTwice(): Promise<void> {
    const count = async () =>
      (await api.range(`count_over_time(up{job="${JOBS.operator}"}[1m])`, Date.now() / 1000 - 1))
        .flatMap(({ values }) => values)
        .at(-1) ?? 0
    const before = await count()
    // Prometheus looks at its list of targets every five seconds, and so takes them up late.
    const enough = { deadlineMs: 60_000, what: 'two scrapes' }
    await until(async () => (await count()) >= before + 2, enough)
  }

  /** One pod first, judged by a query to the same Prometheus, until somebody resumes. */
  function strategy(): UpdateStrategy {
    const errors = {
      name: 'errors',
      interval: '500ms',
      count: 4,
      successCondition: 'result[0] <= 0.05',
      provider: {
        prometheus: {
          address: prometheus.address,
          query: 'vector(0.01)',
        },
      },
    }
    return {
      maxUnavailable: '100%',
      canary: { steps: [{ replicas: 1, pause: {}, analysis: { metrics: [errors] } }] },
    }
  }

  /** As kubectl baton resume does. */
  function resume(): void {
    const set = world.set()
    const { latestRevision: revision } = set.status ?? {}
    const command = JSON.stringify({ verb: 'resume', revision, step: 1, by: 'ada' })
    const given = { ...set.metadata.annotations, [annotations.rolloutCommand]: command }
    world.server.put(SIDECAR_SETS, { ...set, metadata: { ...set.metadata, annotations: given } })
  }

  it('understands every alert, and none fires while all is well', async () => {
    const { count, broken } = await api.rules()
    expect(broken).to.deep.equal([])
    expect(count).to.equal(alerts.length)
    const firing = (await api.alerts()).filter(({ state }) => state === 'firing')
    expect(firing).to.deep.equal([])
  })

  it('sees counters begin with 0, so that their first event is one', async () => {
    const counters = Object.values(measured())
      .flat()
      .filter(({ type }) => type === 'counter')
    const absent: string[] = []
    for (const { name } of counters) if ((await api.series(name)).length === 0) absent.push(name)
    expect(absent).to.deep.equal([])
  })

  it('has something to show in every panel after a rollout and a switch', async () => {
    await webhook.post('/inject', JSON.stringify(review))
    counts.handoverEnded('proxy', 'Settled')
    counts.handoverSettled('proxy', 0.4)
    switching.toggled(toggle)
    const everywhere = { maxUnavailable: '100%' }
    world.putInterception({ enabled: false, spec: { rollout: everywhere } })
    world.putSet({ containers: [hotProxy('proxy:2')], updateStrategy: strategy() })
    await until(async () => (await api.series('baton_sidecarset_analysis_threshold')).length > 0, {
      ...{ deadlineMs: 60_000, what: 'an analysis that is seen' },
    })
    resume()
    await until(() => reason() === 'RolloutCompleted', { deadlineMs: 60_000 })
    await until(() => world.interception().status?.currentState === 'Disabled')
    await scrapedTwice()
    const empty = await emptyPanels(api, { rateInterval: '1m', since: began })
    expect(empty).to.deep.equal([])
  })

  it('has every metric, label and value that alerts and panels ask for', async () => {
    const unknown: string[] = []
    for (const { where, expr } of [...alertQueries, ...panelQueries('1m')]) {
      for (const what of await unknownIn(api, expr)) unknown.push(`${where}: ${what}`)
    }
    expect(unknown).to.deep.equal([])
  })

  const renamed: Readonly<Record<string, string>> = {
    'sum(baton_sidecarset_pod)': 'baton_sidecarset_pod',
    'baton_sidecarset_pods{set="mesh"}': 'baton_sidecarset_pods{set}',
    'baton_sidecarset_pods{state="done"}': 'baton_sidecarset_pods{state="done"}',
    'max by (set) (baton_sidecarset_pods)': 'set',
  }
  for (const [expr, what] of Object.entries(renamed))
    it(`would find out ${expr}: the control`, async () => {
      expect(await unknownIn(api, expr)).to.deep.equal([what])
    })

  it('tells of a revision that failed, and of nothing else', async () => {
    world.putSet({ containers: [hotProxy(BROKEN)], updateStrategy: strategy() })
    await until(() => reason() === 'UpgradeFailed', { deadlineMs: 60_000 })
    const firing = async () =>
      (await api.alerts()).filter(({ state }) => state === 'firing').map(({ name }) => name)
    const two = { deadlineMs: 60_000, what: 'two alerts that fire' }
    await until(async () => (await firing()).length >= 2, two)
    expect((await firing()).toSorted()).to.deep.equal([
      'BatonHandoversFailed',
      'BatonRolloutStopped',
    ])
  })
})
