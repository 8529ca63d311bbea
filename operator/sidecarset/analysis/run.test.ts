import { expect } from 'chai'
import { array, assert, constantFrom, nat, property, record } from 'fast-check'
import { defineMetrics } from '../../../api/analysis/index.ts'
import type { MetricDefinition } from '../../../api/analysis/index.ts'
import type { AnalysisMetric, AnalysisRunStatus } from '../../../api/v1beta1/analysis.ts'
import { advanceRun } from './run.ts'
import type { Answer, RunResult } from './run.ts'
import type { Sample } from './sample.ts'

const START = Date.parse('2025-01-01T00:00:00Z')
const good: Sample = { kind: 'values', result: [0.01], stable: [], samples: undefined }
const bad: Sample = { kind: 'values', result: [0.5], stable: [], samples: undefined }
const between: Sample = { kind: 'values', result: [0.07], stable: [], samples: undefined }
const nothing: Sample = { kind: 'values', result: [], stable: [], samples: undefined }
const away: Sample = { kind: 'error', sentence: 'connection refused' }
const SAMPLES = { good, bad, between, nothing, away }
type Named = keyof typeof SAMPLES

function metric(over: Partial<AnalysisMetric> = {}): AnalysisMetric {
  return {
    name: 'errors',
    interval: '10s',
    successCondition: 'result[0] < 0.05',
    failureCondition: 'result[0] > 0.1',
    provider: { prometheus: { query: 'errors{pod=~"$revision"}' } },
    ...over,
  }
}

/** Plays a run: each due measurement gets the next of its metric's samples. */
class Play {
  readonly definitions: readonly MetricDefinition[]
  readonly #left: Map<string, Named[]>
  run: AnalysisRunStatus | undefined
  now = START

  constructor(metrics: readonly AnalysisMetric[], samples: Readonly<Record<string, Named[]>>) {
    this.definitions = defineMetrics({ metrics, dryRun: [{ metricName: '^dry' }] })
    this.#left = new Map(Object.entries(samples).map(([name, list]) => [name, [...list]]))
  }

  look(answers: ReadonlyMap<string, Answer> = new Map()): RunResult {
    const { definitions, now } = this
    const found = advanceRun(this.run, { definitions, startedAt: START, answers, now })
    // What is kept has been through the API.
    this.run = JSON.parse(JSON.stringify(found.run)) as AnalysisRunStatus
    return found
  }

  /** Until there is nothing to measure, or no sample is left. */
  end(): RunResult {
    for (;;) {
      const { due, nextAt } = this.look()
      const answers = new Map<string, Answer>()
      for (const { id, definition } of due) {
        const sample = this.#left.get(definition.name)?.shift()
        if (sample !== undefined) {
          answers.set(id, { sample: SAMPLES[sample], query: definition.query, at: this.now })
        }
      }
      if (answers.size > 0) this.look(answers)
      else if (due.length > 0 || nextAt === undefined) return this.look()
      else this.now = nextAt
    }
  }
}

function verdictAfter(samples: Named[], over: Partial<AnalysisMetric> = {}): string {
  return new Play([metric(over)], { errors: samples }).end().verdict.kind
}

describe('an analysis', () => {
  const rows: Readonly<Record<string, readonly [string, Named[], Partial<AnalysisMetric>]>> = {
    'passes after count good measurements': ['passed', ['good', 'good', 'good'], { count: 3 }],
    'has not passed before': ['running', ['good', 'good'], { count: 3 }],
    'without a count goes on for as long as the rollout does': [
      'running',
      Array(50).fill('good'),
      {},
    ],
    'fails with the first failure when no limit is given': ['failed', ['good', 'bad'], {}],
    'stands as many failures as failureLimit says': [
      'running',
      ['bad', 'bad', 'bad'],
      { failureLimit: 3 },
    ],
    'fails with one more than failureLimit': [
      'failed',
      ['bad', 'bad', 'bad', 'bad'],
      { failureLimit: 3 },
    ],
    'pauses for people with one more than inconclusiveLimit': [
      'inconclusive',
      ['between', 'between'],
      { inconclusiveLimit: 1 },
    ],
    'fails when it is over both limits: Failed beats Inconclusive': [
      'failed',
      ['between', 'bad', 'between', 'bad'],
      { failureLimit: 1, inconclusiveLimit: 2 },
    ],
    'without traffic waits, and does not abort after five times': [
      'noData',
      Array(20).fill('nothing'),
      { count: 3 },
    ],
    'does not count measurements without data': [
      'running',
      ['good', 'nothing', 'nothing', 'good'],
      { count: 3 },
    ],
    'goes on once there is data': ['passed', ['nothing', 'nothing', 'good'], { count: 1 }],
    'stands a provider that is away for a while': [
      'running',
      ['good', 'away', 'away', 'away', 'away'],
      {},
    ],
    'pauses when the provider stays away, and does not abort': [
      'providerAway',
      Array(50).fill('away'),
      { count: 3 },
    ],
    'goes on when the provider is back': [
      'passed',
      ['away', 'away', 'away', 'away', 'away', 'away', 'good'],
      { count: 1 },
    ],
    'counts only failures in a row to get an answer': [
      'running',
      ['away', 'away', 'good', 'away', 'away', 'good'],
      { consecutiveErrorLimit: 2 },
    ],
  }
  for (const [name, [expected, samples, over]] of Object.entries(rows)) {
    it(name, () => {
      expect(verdictAfter(samples, over)).to.equal(expected)
    })
  }

  it('is measured once without interval and count', () => {
    const once = { name: 'errors', successCondition: 'result[0] < 0.05' }
    const provider = { prometheus: { query: 'up' } }
    const play = new Play([{ ...once, provider }], { errors: ['good', 'bad'] })
    expect(play.end().verdict.kind).to.equal('passed')
    expect(play.run?.metrics[0]).to.include({ successful: 1, failed: 0 })
  })

  it('tells the numbers of a failure', () => {
    const found = new Play([metric({ failureLimit: 2 })], { errors: ['bad', 'bad', 'bad'] }).end()
    expect(found.verdict).to.deep.equal({
      kind: 'failed',
      metric: 'errors',
      value: 0.5,
      threshold: '<= 0.1',
      sentence: 'errors is 0.5, wanted <= 0.1: 3 of 3 measurements failed, 2 may',
    })
  })

  it('keeps the query, the counts and the last ten measurements', () => {
    const play = new Play([metric()], { errors: Array<Named>(12).fill('good') })
    play.end()
    const [kept] = play.run?.metrics ?? []
    expect(kept).to.deep.include({ successful: 12, query: 'errors{pod=~"$revision"}' })
    expect(kept?.measurements).to.have.length(10)
    expect(kept?.measurements.at(-1)).to.deep.equal({
      at: '2025-01-01T00:01:50.000Z',
      outcome: 'Successful',
      value: 0.01,
      threshold: '< 0.05',
    })
  })

  it('waits for its initial delay, then for its interval', () => {
    const play = new Play([metric({ initialDelay: '1m' })], { errors: ['good'] })
    expect(play.look()).to.deep.include({ due: [], nextAt: START + 60_000 })
    play.end()
    expect(play.run?.metrics[0]?.nextMeasurementAt).to.equal('2025-01-01T00:01:10.000Z')
  })

  it('takes the same answer once, however often it comes', () => {
    const play = new Play([metric()], {})
    const [due] = play.look().due
    const answers = new Map([[due?.id ?? '', { sample: good, query: 'q', at: START }]])
    for (let times = 0; times < 3; times += 1) play.look(answers)
    expect(play.run?.metrics[0]).to.include({ successful: 1 })
  })

  it('begins again when what is measured has changed', () => {
    const play = new Play([metric()], { errors: ['bad'] })
    expect(play.end().verdict.kind).to.equal('failed')
    const definitions = defineMetrics({ metrics: [metric({ failureCondition: 'false' })] })
    const { answers, startedAt, now } = { answers: new Map(), startedAt: START, now: play.now }
    const found = advanceRun(play.run, { definitions, answers, startedAt, now })
    expect(found.verdict.kind).to.equal('running')
    expect(found.due).to.have.length(1)
  })

  it('lets a dry run decide nothing and tells of it all the same', () => {
    const play = new Play([metric({ count: 1 }), metric({ name: 'dry' })], {
      errors: ['good'],
      dry: ['bad'],
    })
    expect(play.end().verdict.kind).to.equal('passed')
    expect(play.run?.metrics[1]).to.deep.include({ verdict: 'Failed', dryRun: true })
  })

  it('fails when one metric fails after another was inconclusive', () => {
    const play = new Play([metric({ name: 'a' }), metric({ name: 'b' })], {
      a: ['between'],
      b: ['good', 'good', 'bad'],
    })
    expect(play.end().verdict).to.deep.include({ kind: 'failed', metric: 'b' })
  })

  describe('for every course of measurements', () => {
    const names = constantFrom<Named>('good', 'bad', 'between', 'nothing', 'away')
    const courses = record({
      samples: array(names, { maxLength: 30 }),
      failureLimit: nat(3),
      inconclusiveLimit: nat(3),
      count: nat(8).map((value) => value + 1),
    })

    it('is what a plain count of the outcomes says', () => {
      assert(
        property(courses, ({ samples, ...over }) => {
          expect(verdictAfter([...samples], over)).to.equal(expected(samples, over))
        }),
      )
    })

    it('never fails and never passes for want of data or of a provider', () => {
      const blind = array(constantFrom<Named>('nothing', 'away'), { minLength: 1, maxLength: 30 })
      assert(
        property(blind, (samples) => {
          expect(verdictAfter([...samples], { count: 1 })).to.be.oneOf([
            'running',
            'noData',
            'providerAway',
          ])
        }),
      )
    })

    it('does not depend on looks in between', () => {
      assert(
        property(courses, array(nat(20_000), { maxLength: 5 }), ({ samples, ...over }, looks) => {
          const plain = new Play([metric(over)], { errors: [...samples] })
          const busy = new Play([metric(over)], { errors: [...samples] })
          for (const ms of looks) {
            busy.look()
            busy.now = Math.min(busy.now + ms, START)
          }
          expect(busy.end().verdict).to.deep.equal(plain.end().verdict)
        }),
      )
    })
  })
})

/** The slow, obvious reference: one outcome after the other until something is decided. */
function expected(
  samples: readonly Named[],
  limits: { readonly failureLimit: number; readonly inconclusiveLimit: number; count: number },
): string {
  const seen: Named[] = []
  for (const sample of samples) {
    seen.push(sample)
    const times = (name: Named): number => seen.filter((one) => one === name).length
    const [bads, betweens, goods] = [times('bad'), times('between'), times('good')]
    if (bads > limits.failureLimit) return 'failed'
    if (betweens > limits.inconclusiveLimit) return 'inconclusive'
    const isMeasured = sample !== 'nothing' && sample !== 'away'
    if (isMeasured && bads + betweens + goods >= limits.count) return 'passed'
  }
  const streak = samples.length - 1 - samples.findLastIndex((one) => one !== 'away')
  if (streak > 4) return 'providerAway'
  return samples.at(-1) === 'nothing' ? 'noData' : 'running'
}
