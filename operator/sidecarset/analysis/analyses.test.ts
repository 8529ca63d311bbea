import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect } from 'chai'
import type { AnalysisMetric, HandoverBudget } from '../../../api/v1beta1/analysis.ts'
import type { SidecarSetStatus, UpdateStrategy } from '../../../api/v1beta1/sidecarset.ts'
import { PODS } from '../../../runtime/client/kinds.ts'
import { until } from '../../../runtime/testing/until.ts'
import { hotProxy } from '../../testing/build.ts'
import { startWorld } from '../../testing/world.ts'
import type { World } from '../../testing/world.ts'

const v1 = [hotProxy('proxy:1')]
const v2 = [hotProxy('proxy:2')]

/** What a Prometheus answers to a query; undefined: nothing, for as long as it is asked. */
type Answer = (query: string) => number | 'nothing' | 'busy' | undefined

describe('the operator analyses rollouts', function () {
  this.timeout(120_000)
  let world: World
  let address = ''
  let answer: Answer = () => 0
  let queries: string[] = []
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const query = new URLSearchParams(body).get('query') ?? ''
      queries.push(query)
      respond(response, answer(query))
    })
  })

  before((done) => {
    server.listen(0, '127.0.0.1', () => {
      address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
      done()
    })
  })
  after((done) => {
    server.closeAllConnections()
    server.close(done)
  })
  beforeEach(() => {
    queries = []
  })
  afterEach(async () => {
    await world.stop()
  })

  const status = (): SidecarSetStatus => world.set().status ?? {}
  const condition = (type: string) => status().conditions?.find((one) => one.type === type)
  const reason = (): string => condition('Progressing')?.reason ?? ''
  const images = (): string =>
    world.server
      .list(PODS)
      .filter((pod) => pod.metadata.namespace === 'default')
      .map((pod) => {
        const desired = pod.metadata.annotations?.['baton.dev/desired'] ?? '{}'
        return /proxy:\w+/.exec(desired)?.[0] ?? ''
      })
      .join(' ')

  async function rollOut(
    updateStrategy: UpdateStrategy,
    options: Parameters<typeof startWorld>[0] = {},
  ): Promise<{ stop(): Promise<void> }> {
    world = await startWorld(options)
    world.addPods(4, v1)
    world.putSet({ containers: v1, updateStrategy })
    const operator = world.startOperator()
    await until(() => reason() === 'RolloutCompleted' && status().latestRevision !== undefined)
    world.putSet({ containers: v2, updateStrategy })
    return operator
  }

  const complete = (): Promise<unknown> =>
    until(() => reason() === 'RolloutCompleted' && images() === 'proxy:2 proxy:2 proxy:2 proxy:2', {
      deadlineMs: 60_000,
    })
  const back = (): Promise<unknown> =>
    until(() => condition('Degraded')?.reason === 'RolledBack', { deadlineMs: 60_000 })

  function metric(over: Partial<AnalysisMetric> = {}): AnalysisMetric {
    return {
      name: 'errors',
      interval: '100ms',
      count: 3,
      successCondition: 'result[0] < 0.05',
      provider: { prometheus: { address, query: 'errors{pod=~"$revision"}', timeout: 10 } },
      ...over,
    }
  }
  const oneStep = (over: Partial<AnalysisMetric> = {}): UpdateStrategy => ({
    maxUnavailable: 4,
    canary: { steps: [{ replicas: 1, analysis: { metrics: [metric(over)] } }] },
  })

  describe('by the numbers of agents, without any Prometheus', () => {
    const cuts = (image: string) =>
      image === 'proxy:2' ? { connectionsCut: 3, cutReason: 'ProxyExited' } : {}
    const strategy = (budget: HandoverBudget): UpdateStrategy => ({
      canary: { analysis: { budget } },
    })

    it('and goes back when more connections are cut than the budget allows', async () => {
      await rollOut({}, { costs: cuts })
      await back()
      expect(images()).to.equal('proxy:1 proxy:1 proxy:1 proxy:1')
      expect(status().failedRevision).to.equal(status().latestRevision)
      expect(condition('Progressing')?.message).to.contain('3 of 4 connections were cut, 1% may be')
      // One pod had it, and no other was touched.
      const switches = world.node.switches.map((one) => one.replace(/ \(.*/, ''))
      expect(switches).to.deep.equal(['web-0: proxy-1 -> proxy-2', 'web-0: proxy-2 -> proxy-1'])
    })

    it('and does not try a failed revision again after a restart', async () => {
      const first = await rollOut({}, { costs: cuts })
      await back()
      await first.stop()
      const writes = world.podWrites().length
      world.startOperator()
      await until(() => world.set().status?.analysis?.budget?.verdict === 'Failed')
      world.server.put(PODS, {
        ...world.pod('web-1'),
        metadata: { ...world.pod('web-1').metadata, labels: { app: 'web', seen: 'yes' } },
      })
      await until(() => world.pod('web-1').metadata.labels?.['seen'] === 'yes')
      expect(world.podWrites()).to.have.length(writes)
      expect(images()).to.equal('proxy:1 proxy:1 proxy:1 proxy:1')
    })

    it('and would have gone on without: the control', async () => {
      await rollOut(strategy({ enabled: false }), { costs: cuts })
      await complete()
      expect(status().handover).to.include({ connectionsCut: 12 })
    })

    it('and goes on when it is within the budget', async () => {
      await rollOut(strategy({ connectionsCut: '75%' }), { costs: cuts })
      await complete()
      expect(status().analysis?.budget).to.include({ verdict: 'Running', connectionsCut: 12 })
    })

    it('and stops, but does not go back, when it is told to pause', async () => {
      await rollOut({ onFailure: 'Pause' }, { costs: cuts })
      await until(() => condition('Degraded')?.status === 'True')
      expect(images()).to.equal('proxy:2 proxy:1 proxy:1 proxy:1')
    })
  })

  describe('by what a Prometheus answers', () => {
    it('and takes the next step when the analysis has passed', async () => {
      answer = () => 0.01
      await rollOut(oneStep())
      await complete()
      expect(queries).to.deep.equal(Array(3).fill('errors{pod=~"web-0"}'))
    })

    it('and goes back when it has failed, with the numbers', async () => {
      answer = () => 0.07
      await rollOut(oneStep({ failureLimit: 2 }))
      await back()
      expect(images()).to.equal('proxy:1 proxy:1 proxy:1 proxy:1')
      expect(condition('Progressing')?.message).to.contain(
        'errors is 0.07, wanted < 0.05: 3 of 3 measurements failed, 2 may',
      )
      expect(status().analysis?.step?.metrics[0]).to.deep.include({
        verdict: 'Failed',
        query: 'errors{pod=~"web-0"}',
        failed: 3,
      })
      // What goes back is looked at no more.
      expect(status().analysis?.step?.metrics[0]).not.to.have.property('nextMeasurementAt')
      expect(queries).to.have.length(3)
    })

    it('and compares with as many stable pods', async () => {
      answer = (query) => (query.includes('web-0') ? 0.2 : 0.1)
      await rollOut(oneStep({ successCondition: 'result[0] <= stable[0] * 1.5', count: 1 }))
      await back()
      expect([...queries].sort()).to.deep.equal(['errors{pod=~"web-0"}', 'errors{pod=~"web-1"}'])
      expect(condition('Progressing')?.message).to.contain('errors is 0.2, wanted <= 0.15')
    })

    it('and in the background over all steps', async () => {
      const started = (): number => world.node.switches.length
      const good = (): number => status().analysis?.background?.metrics[0]?.successful ?? 0
      answer = () => (started() < 3 || good() < 2 ? 0.01 : 0.5)
      const endless = { ...metric() }
      Reflect.deleteProperty(endless, 'count')
      await rollOut({
        canary: {
          analysis: { metrics: [endless] },
          steps: [
            { replicas: 1, pause: { seconds: 1 } },
            { replicas: 3, pause: { seconds: 60 } },
          ],
        },
      })
      await back()
      expect(images()).to.equal('proxy:1 proxy:1 proxy:1 proxy:1')
      expect(status().analysis?.background?.metrics[0]?.successful).to.be.greaterThan(1)
    })

    it('and waits while there is no data, neither forward nor back', async () => {
      answer = () => 'nothing'
      await rollOut(oneStep())
      await until(() => reason() === 'AnalysisNoData')
      await until(() => queries.length > 8)
      expect(images()).to.equal('proxy:2 proxy:1 proxy:1 proxy:1')
      expect(condition('Progressing')?.message).to.match(/^errors has no data: the query finds no/)
      answer = () => 0.01
      await complete()
    })

    it('and pauses while the provider is away, and goes on when it is back', async () => {
      answer = () => 'busy'
      await rollOut(oneStep())
      await until(() => reason() === 'AnalysisProviderAway', { deadlineMs: 60_000 })
      expect(images()).to.equal('proxy:2 proxy:1 proxy:1 proxy:1')
      expect(condition('Progressing')?.message).to.match(
        /^errors cannot be measured, \d+ times in a row: .*answered 503: busy/,
      )
      answer = () => 0.01
      await complete()
    })

    it('and waits for people when it is not sure', async () => {
      answer = () => 0.07
      await rollOut(oneStep({ failureCondition: 'result[0] > 0.1' }))
      await until(() => condition('Paused')?.reason === 'AnalysisInconclusive')
      expect(condition('Paused')?.message).to.equal(
        'errors is 0.07, wanted < 0.05: 1 of 1 measurement inconclusive, 0 may be',
      )
      expect(images()).to.equal('proxy:2 proxy:1 proxy:1 proxy:1')
    })

    it('and goes on where the operator before stopped', async () => {
      answer = () => 0.01
      const first = await rollOut(oneStep({ count: 6, interval: '400ms' }))
      await until(() => (status().analysis?.step?.metrics[0]?.successful ?? 0) >= 2)
      await first.stop()
      const before = queries.length
      world.startOperator()
      await complete()
      // One under way when the first stopped may be made again, and those that counted are not.
      expect(queries.length).to.be.within(6, 7)
      expect(queries.length - before).to.be.lessThan(6)
    })

    it('and is not held up by a Prometheus that hangs', async () => {
      answer = () => undefined
      await rollOut({
        canary: { analysis: { metrics: [metric({ initialDelay: '0s' })] } },
        maxUnavailable: 4,
      })
      await complete()
    })
  })
})

function respond(response: ServerResponse, answer: ReturnType<Answer>): void {
  if (answer === undefined) return
  if (answer === 'busy') {
    response.statusCode = 503
    response.end('busy')
    return
  }
  const value = [1, String(answer)]
  const result = answer === 'nothing' ? [] : [{ metric: {}, value }]
  response.end(JSON.stringify({ status: 'success', data: { resultType: 'vector', result } }))
}
