import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { AnalysisMetric } from '../../../api/v1beta1/analysis.ts'
import type { SidecarSetStatus, UpdateStrategy } from '../../../api/v1beta1/sidecarset.ts'
import { PODS } from '../../../runtime/client/kinds.ts'
import { until } from '../../../runtime/testing/until.ts'
import { hotProxy } from '../../testing/build.ts'
import { startPrometheus } from '../../testing/prometheus.ts'
import type { RunningPrometheus } from '../../testing/prometheus.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'

const v1 = [hotProxy('proxy:1')]
const BAD = 'proxy:answers-500'

/** Share of the requests that were answered with 500; `or` gives 0 where there was none. */
const errorRatio =
  '(sum(rate(requests_total{pod=~"$revision",code="500"}[$window])) or vector(0)) / ' +
  'sum(rate(requests_total{pod=~"$revision"}[$window]))'

/** The whole way: pods that count requests, a Prometheus that asks them, an operator that asks it. */
describe('a real Prometheus judges a rollout', function () {
  this.timeout(120_000)
  let world: World
  let prometheus: RunningPrometheus
  const requests = new Map<string, number>()
  const pods = createServer((_request, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4')
    response.end(scrape())
  })

  before(async () => {
    await new Promise<void>((resolve) => pods.listen(0, '127.0.0.1', resolve))
    const targets = [`127.0.0.1:${(pods.address() as AddressInfo).port}`]
    const pod = { job_name: 'pods', static_configs: [{ targets }] }
    prometheus = await startPrometheus({ scrapeConfigs: [pod] })
  })
  after(async () => {
    await prometheus.stop()
    pods.closeAllConnections()
    await new Promise((resolve) => pods.close(resolve))
  })
  beforeEach(async () => {
    world = await startWorld()
  })
  afterEach(async () => {
    await world.stop()
  })

  /** Between two scrapes each pod has ten requests; the bad version answers three with 500. */
  function scrape(): string {
    const lines = images().flatMap(([pod, image]) => {
      const bad = image === BAD ? 3 : 0
      return [
        [pod, '200', 10 - bad],
        [pod, '500', bad],
      ].map(([name, code, more]) => {
        const series = `requests_total{pod="${name}",code="${code}"}`
        const count = (requests.get(series) ?? 0) + Number(more)
        requests.set(series, count)
        return `${series} ${count}`
      })
    })
    return ['# TYPE requests_total counter', ...lines, ''].join('\n')
  }

  function images(): readonly (readonly [string, string])[] {
    return world.server
      .list(PODS)
      .filter((pod) => pod.metadata.namespace === 'default')
      .map((pod) => {
        const desired = pod.metadata.annotations?.['baton.dev/desired'] ?? ''
        return [pod.metadata.name, /"image":"([^"]+)"/.exec(desired)?.[1] ?? ''] as const
      })
  }

  const status = (): SidecarSetStatus => world.set().status ?? {}
  const condition = (type: string) => status().conditions?.find((one) => one.type === type)
  const active = (): readonly string[] => images().map(([, image]) => image)

  function withMetric(query: string, over: Partial<AnalysisMetric> = {}): UpdateStrategy {
    const metric: AnalysisMetric = {
      name: 'error-ratio',
      interval: '500ms',
      count: 3,
      initialDelay: '3s',
      window: '2s',
      successCondition: 'result[0] <= stable[0] + 0.05',
      failureLimit: 2,
      provider: { prometheus: { address: prometheus.address, query } },
      ...over,
    }
    return {
      maxUnavailable: 4,
      canary: { steps: [{ replicas: 1, analysis: { metrics: [metric] } }] },
    }
  }

  async function rollOut(image: string, updateStrategy: UpdateStrategy): Promise<void> {
    world.addPods(4, v1)
    world.putSet({ containers: v1, updateStrategy })
    world.startOperator()
    await until(() => condition('Progressing')?.reason === 'RolloutCompleted')
    world.putSet({ containers: [hotProxy(image)], updateStrategy })
  }

  const everywhere = (image: string): Promise<unknown> =>
    until(
      () =>
        condition('Progressing')?.reason === 'RolloutCompleted' &&
        active().every((one) => one === image),
      { deadlineMs: 60_000, what: `${image} in all pods` },
    )

  it('finds a version that answers 500, in comparison with stable pods, and takes it back', async () => {
    await rollOut(BAD, withMetric(errorRatio))
    await until(() => condition('Degraded')?.reason === 'RolledBack', { deadlineMs: 60_000 })
    expect(active()).to.deep.equal(Array(4).fill('proxy:1'))
    expect(condition('Progressing')?.message).to.match(
      /error-ratio is 0\.[23]\d*, wanted <= 0\.05: 3 of 3 measurements failed, 2 may/,
    )
    // One pod of four had it, for the time of three measurements.
    expect(world.node.switches.map((one) => one.slice(0, 5))).to.deep.equal(['web-0', 'web-0'])
  })

  it('and without it the same version goes everywhere: the control', async () => {
    await rollOut(BAD, { maxUnavailable: 4, canary: { steps: [{ replicas: 1 }] } })
    await everywhere(BAD)
  })

  it('lets a good version pass', async () => {
    await rollOut('proxy:good', withMetric(errorRatio))
    await everywhere('proxy:good')
    expect(world.node.switches).to.have.length(4)
  })

  it('has no data for what it does not know, which is waited for', async () => {
    await rollOut('proxy:good', withMetric('sum(rate(request_total{pod=~"$revision"}[$window]))'))
    await until(() => condition('Progressing')?.reason === 'AnalysisNoData', { deadlineMs: 60_000 })
    expect(active().filter((image) => image === 'proxy:good')).to.have.length(1)
  })

  it('has no data where nobody sent a request, though it divides by zero', async () => {
    const idle = errorRatio.replaceAll('pod=~"$revision"', 'pod=~"$revision",code="418"')
    await rollOut('proxy:good', withMetric(`${idle} or vector(0) / vector(0)`))
    await until(() => condition('Progressing')?.reason === 'AnalysisNoData', { deadlineMs: 60_000 })
    expect(condition('Progressing')?.message).to.match(/has no data: the query gives NaN/)
  })

  it('has no data while it has fewer samples than are wanted', async () => {
    const samplesQuery = 'sum(increase(requests_total{pod=~"$revision"}[$window]))'
    const { address } = prometheus
    const provider = { prometheus: { address, query: errorRatio, samplesQuery } }
    await rollOut(BAD, withMetric(errorRatio, { minSamples: 100_000, provider }))
    await until(() => condition('Progressing')?.reason === 'AnalysisNoData', { deadlineMs: 60_000 })
    expect(condition('Progressing')?.message).to.match(/there are [\d.]+ samples and not 100000/)
  })

  it('says what it does not understand, which is no failure of the version', async () => {
    await rollOut('proxy:good', withMetric('sum(rate($revision)', { consecutiveErrorLimit: 0 }))
    await until(() => condition('Progressing')?.reason === 'AnalysisProviderAway', {
      deadlineMs: 60_000,
    })
    expect(condition('Progressing')?.message).to.match(/answered 400: .*parse error/)
  })
})
