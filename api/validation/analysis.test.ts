import { expect } from 'chai'
import type { Analysis, AnalysisMetric, PrometheusProvider } from '../v1beta1/analysis.ts'
import { analysisViolations } from './analysis.ts'
import { handoverBudgetViolations } from './handoverBudget.ts'
import { formatViolation } from './violation.ts'

const query = 'sum(rate(errors{pod=~"$revision"}[$window]))'

function metric(
  over: Partial<AnalysisMetric> = {},
  prometheus: Partial<PrometheusProvider> = {},
): AnalysisMetric {
  const condition =
    'thresholdRange' in over || 'failureCondition' in over
      ? {}
      : { successCondition: 'result[0] < 0.05' }
  return {
    name: 'errors',
    interval: '30s',
    count: 5,
    ...condition,
    provider: { prometheus: { query, ...prometheus } },
    ...over,
  }
}

function sentences(analysis: Analysis, ends = true): readonly string[] {
  return analysisViolations('canary.analysis', analysis, { ends }).map(formatViolation)
}

function one(over: Partial<AnalysisMetric>, prometheus?: Partial<PrometheusProvider>): Analysis {
  return { metrics: [metric(over, prometheus)] }
}

const M = 'canary.analysis.metrics[0]'
const P = `${M}.provider.prometheus`

describe('an analysis is refused', () => {
  const rows: Readonly<Record<string, readonly [Analysis, string]>> = {
    'when a condition cannot be read, with the place': [
      one({ successCondition: 'result[0] <' }),
      `${M}.successCondition is "result[0] <": it ends where a value is expected; write it such as result[0] < 0.05.`,
    ],
    'when a condition is no condition': [
      one({ failureCondition: 'result[0]' }),
      `${M}.failureCondition is "result[0]": a number stands where true or false is expected (at character 1); write it such as result[0] < 0.05.`,
    ],
    'with a range and a condition': [
      one({ thresholdRange: { max: 1 }, failureCondition: 'result > 1' }),
      `${M}.thresholdRange is {"max":1}: together with failureCondition it is not clear what is good; use one or the other.`,
    ],
    'with a range that nothing is in': [
      one({ thresholdRange: { min: 2, max: 1 } }),
      `${M}.thresholdRange is {"min":2,"max":1}: no value is good; set min, max or both, min first.`,
    ],
    'with a range without bounds': [
      one({ thresholdRange: {} }),
      `${M}.thresholdRange is {}: every value is good; set min, max or both, min first.`,
    ],
    'without any condition': [
      { metrics: [{ name: 'errors', provider: { prometheus: { query } } }] },
      `${M}.successCondition is not set: it is not said which values are good; set successCondition, failureCondition or thresholdRange.`,
    ],
    'with a count of zero': [
      one({ count: 0 }),
      `${M}.count is 0: this is not a number that can be used here; use a whole number of at least 1.`,
    ],
    'with an interval of zero': [
      one({ interval: '0s' }),
      `${M}.interval is "0s": this is no time at all; use one such as 30s, 5m or 1h30m.`,
    ],
    'with an interval that is none': [
      one({ interval: '5 minutes' }),
      `${M}.interval is "5 minutes": this is no length of time; use one such as 30s, 5m or 1h30m.`,
    ],
    'when a limit cannot be passed, so that it would pass with nothing but failures': [
      one({ count: 3, failureLimit: 3 }),
      `${M}.failureLimit is 3: of 3 measurements never more than this can be such: it would pass whatever is measured; use at most 2.`,
    ],
    'with a variable that there is not': [
      one({}, { query: 'up{pod="$pod"}' }),
      `${P}.query is "up{pod=\\"$pod\\"}": there is no variable $pod; use one of $revision, $stable, $namespaces, $window, or $$pod for the text itself.`,
    ],
    'with an argument that has no value': [
      one({}, { query: 'up{job="{{args.job}}"}' }),
      `${P}.query is "up{job=\\"{{args.job}}\\"}": there is no value for {{args.job}}; give it in args, and name it {{args.NAME}}.`,
    ],
    'when it compares with stable pods and its query cannot name them': [
      one({ successCondition: 'result[0] <= stable[0]' }, { query: 'up' }),
      `${M}.successCondition is "result[0] <= stable[0]": stable is what the query gives when $revision names stable pods, and it has none; use $revision in the query, such as pod=~"$revision".`,
    ],
    'with an empty query': [
      one({}, { query: ' ' }),
      `${P}.query is " ": it asks for nothing; write a query in PromQL.`,
    ],
    'with minSamples and nothing that counts them': [
      one({ minSamples: 100 }),
      `${M}.minSamples is 100: nothing says how many samples there are; set provider.prometheus.samplesQuery to a query for their number.`,
    ],
    'with an address of another kind': [
      one({}, { address: 'prometheus:9090' }),
      `${P}.address is "prometheus:9090": this is no address of a Prometheus; use one such as http://prometheus.monitoring:9090.`,
    ],
    'with credentials in an address': [
      one({}, { address: 'http://me:secret@prometheus:9090' }),
      `${P}.address is "http://me:secret@prometheus:9090": an address holds neither credentials nor a query; use one such as http://prometheus.monitoring:9090.`,
    ],
    'with a name that is no label': [
      one({ name: 'Error Rate' }),
      `${M}.name is "Error Rate": it is a label of the metrics about it; use at most 63 lower-case letters, digits and hyphens.`,
    ],
    'when a metric of a step never ends': [
      {
        metrics: [
          {
            name: 'errors',
            interval: '1m',
            thresholdRange: { max: 1 },
            provider: { prometheus: { query } },
          },
        ],
      },
      `${M}.count is not set: with an interval and without a count the step would never end; set it to 1 or more.`,
    ],
    'when a step measures nothing': [
      {},
      'canary.analysis is {}: there is nothing to measure; give it metrics, or leave it out.',
    ],
    'when two metrics have one name': [
      { metrics: [metric(), metric()] },
      'canary.analysis.metrics[1].name is "errors": canary.analysis.metrics[0] has this name too; give each a name of its own.',
    ],
    'with more metrics than are measured': [
      { metrics: Array.from({ length: 21 }, (_, index) => metric({ name: `m${index}` })) },
      'canary.analysis.metrics is 21: only 20 metrics are measured in one analysis; leave some out, or join their queries.',
    ],
  }
  for (const [name, [analysis, sentence]] of Object.entries(rows)) {
    it(name, () => {
      expect(sentences(analysis)).to.deep.equal([sentence])
    })
  }

  it('when many measurements have no time between them', () => {
    const often = { name: 'errors', count: 5, thresholdRange: { max: 1 } }
    const metrics = [{ ...often, provider: { prometheus: { query } } }]
    expect(sentences({ metrics })).to.deep.equal([
      `${M}.interval is not set: it is not said how long to wait between two measurements; set interval, such as 30s.`,
    ])
  })

  it('when a pattern of dryRun is none', () => {
    expect(sentences({ metrics: [metric()], dryRun: [{ metricName: '(' }] })[0]).to.match(
      /dryRun\[0\].metricName is "\(": this is no regular expression/,
    )
  })
})

describe('an analysis is taken', () => {
  const rows: Readonly<Record<string, Analysis>> = {
    'as it is written for Argo Rollouts': {
      args: [{ name: 'service-name', value: 'shop' }],
      metrics: [
        {
          name: 'success-rate',
          interval: '5m',
          count: 3,
          successCondition: 'result[0] >= 0.95',
          failureLimit: 2,
          provider: {
            prometheus: {
              address: 'http://prometheus.example.com:9090',
              query:
                'sum(irate(istio_requests_total{destination_service=~"{{args.service-name}}",response_code!~"5.*"}[5m]))',
            },
          },
        },
      ],
    },
    'with the short form of Flagger': one({ thresholdRange: { min: 99 } }),
    'with a comparison with stable pods': one({
      successCondition: 'result[0] <= stable[0] * 1.2',
    }),
    'with samples': one({ minSamples: 100 }, { samplesQuery: query }),
    'with both conditions': one({
      successCondition: 'result[0] < 0.05',
      failureCondition: 'result[0] > 0.1',
    }),
  }
  for (const [name, analysis] of Object.entries(rows)) {
    it(name, () => {
      expect(sentences(analysis)).to.deep.equal([])
    })
  }

  it('in the background without an end', () => {
    const endless = {
      name: 'errors',
      interval: '1m',
      thresholdRange: { max: 1 },
      provider: { prometheus: { query } },
    }
    expect(sentences({ metrics: [endless] }, false)).to.deep.equal([])
  })
})

describe('the budget of handovers is refused', () => {
  const sentence = (budget: Parameters<typeof handoverBudgetViolations>[1]): string =>
    handoverBudgetViolations('budget', budget).map(formatViolation).join(' ')

  it('with a share above all', () => {
    expect(sentence({ connectionsCut: '120%' })).to.equal(
      'budget.connectionsCut is "120%": this is neither a number nor a share; use a whole number such as 10, or a percentage from 0% to 100%.',
    )
  })

  it('with less than nothing', () => {
    expect(sentence({ listenDrops: -1 })).to.equal(
      'budget.listenDrops is -1: less than nothing cannot be kept to; use a number of at least 0, or leave it out for any.',
    )
  })

  it('for no other reason', () => {
    const budget = { connectionsCut: '1%', connectionsCutAtMaxSeconds: 0, handoverSeconds: 2.5 }
    expect(sentence(budget)).to.equal('')
  })
})
