import { expect } from 'chai'
import type { AnalysisMetric } from '../v1beta1/analysis.ts'
import { defineMetrics, fillQuery, rangeCondition, referencesOf, variablesOf } from './index.ts'

function metric(over: Partial<AnalysisMetric> = {}): AnalysisMetric {
  return { name: 'errors', provider: { prometheus: { query: 'up' } }, ...over }
}

const values = { revision: 'a|b', stable: 'c', namespaces: 'shop', window: '5m' }

describe('a query', () => {
  const rows: readonly (readonly [string, string])[] = [
    ['rate(x{pod=~"$revision"}[$window])', 'rate(x{pod=~"a|b"}[5m])'],
    ['x{pod=~"$stable",namespace=~"$namespaces"}', 'x{pod=~"c",namespace=~"shop"}'],
    ['x{path=~"^/a$"}', 'x{path=~"^/a$"}'],
    ['label_replace(x, "a", "$1", "b", "(.*)")', 'label_replace(x, "a", "$1", "b", "(.*)")'],
    ['x{a="$$revision"}', 'x{a="$revision"}'],
    ['x{a="$other"}', 'x{a="$other"}'],
  ]
  for (const [query, expected] of rows) {
    it(`has its variables replaced: ${query}`, () => {
      expect(fillQuery(query, values)).to.equal(expected)
    })
  }

  it('tells its variables and arguments', () => {
    expect(variablesOf('x{a="$revision", b="$$c", d="$other$"}')).to.deep.equal([
      'revision',
      'other',
    ])
    expect(referencesOf('x{a="{{args.a}}", b="{{ b }}"}')).to.deep.equal(['args.a', 'b'])
  })
})

describe('the definition of a metric', () => {
  it('has the defaults of Argo Rollouts', () => {
    const [found] = defineMetrics({ metrics: [metric({ successCondition: 'result[0] < 1' })] })
    expect(found).to.deep.include({
      intervalMs: undefined,
      count: 1,
      initialDelayMs: 0,
      failureLimit: 0,
      inconclusiveLimit: 0,
      consecutiveErrorLimit: 4,
      window: '1m',
      timeoutMs: 10_000,
      dryRun: false,
    })
  })

  it('is measured until the end with an interval and without a count', () => {
    const [found] = defineMetrics({ metrics: [metric({ interval: '1m30s' })] })
    expect(found).to.deep.include({ intervalMs: 90_000, count: undefined, window: '1m30s' })
  })

  it('has its arguments filled in, in queries and in conditions', () => {
    const [found] = defineMetrics({
      args: [
        { name: 'service', value: 'shop' },
        { name: 'most', value: '0.05' },
      ],
      metrics: [
        {
          name: 'errors',
          successCondition: 'result[0] < {{args.most}}',
          provider: { prometheus: { query: 'x{service="{{ args.service }}"}' } },
        },
      ],
    })
    expect(found?.query).to.equal('x{service="shop"}')
    expect(found?.success).to.deep.include({ right: { kind: 'constant', value: 0.05 } })
  })

  it('decides nothing when a pattern of dryRun finds its name', () => {
    const metrics = [metric({ name: 'errors' }), metric({ name: 'latency' })]
    const found = defineMetrics({ metrics, dryRun: [{ metricName: 'lat.*' }] })
    expect(found.map(({ dryRun }) => dryRun)).to.deep.equal([false, true])
  })

  it('takes a range for a condition', () => {
    expect(rangeCondition({ min: 99 })).to.equal('result >= 99')
    expect(rangeCondition({ min: 0, max: 1 })).to.equal('result >= 0 && result <= 1')
    expect(rangeCondition({})).to.equal(undefined)
  })
})
