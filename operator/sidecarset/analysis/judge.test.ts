import { expect } from 'chai'
import { parseCondition } from '../../../api/condition/index.ts'
import { judge } from './judge.ts'
import type { Judged } from './judge.ts'
import type { Sample } from './sample.ts'

interface Row {
  readonly success?: string
  readonly failure?: string
  readonly result?: readonly number[]
  readonly stable?: readonly number[]
  readonly samples?: number
  readonly minSamples?: number
  readonly expected: Judged
}

function judged(row: Row): Judged {
  const { result = [0.07], stable = [], samples, minSamples = 0 } = row
  const read = (text: string | undefined) => (text === undefined ? undefined : parseCondition(text))
  const rules = { success: read(row.success), failure: read(row.failure), minSamples }
  return judge(rules, { kind: 'values', result, stable, samples })
}

describe('one measurement', () => {
  const rows: Readonly<Record<string, Row>> = {
    'is good when its condition holds': {
      success: 'result[0] < 0.1',
      expected: { outcome: 'Successful', value: 0.07, threshold: '< 0.1' },
    },
    'failed when the condition for success does not hold, with the number that is wanted': {
      success: 'result[0] >= 0 && result[0] < 0.05',
      expected: { outcome: 'Failed', value: 0.07, threshold: '< 0.05' },
    },
    'failed when the condition for failure holds, and tells what would have been good': {
      failure: 'result[0] > 0.05',
      expected: { outcome: 'Failed', value: 0.07, threshold: '<= 0.05' },
    },
    'is good when only a condition for failure stands there and does not hold': {
      failure: 'result[0] > 0.1',
      expected: { outcome: 'Successful', value: 0.07, threshold: '<= 0.1' },
    },
    'is inconclusive between both conditions': {
      success: 'result[0] < 0.05',
      failure: 'result[0] > 0.1',
      expected: { outcome: 'Inconclusive', value: 0.07, threshold: '< 0.05' },
    },
    'failed when both conditions hold': {
      success: 'result[0] < 0.1',
      failure: 'result[0] > 0.05',
      expected: { outcome: 'Failed', value: 0.07, threshold: '<= 0.05' },
    },
    'is held against stable pods at the same moment': {
      success: 'result[0] <= stable[0] * 1.2',
      stable: [0.05],
      expected: { outcome: 'Failed', value: 0.07, threshold: '<= 0.06' },
    },
    'without traffic is no failure, as an index error was in Argo Rollouts': {
      success: 'result[0] < 0.05',
      result: [],
      expected: { outcome: 'NoData', message: 'the query finds no series' },
    },
    'that finds nothing does not pass, as an unknown metric did in Flagger': {
      success: 'len(result) == 0 || result[0] < 0.05',
      result: [],
      expected: { outcome: 'NoData', message: 'the query finds no series' },
    },
    'of NaN does not depend on how the conditions are written: for success': {
      success: 'result[0] < 0.05',
      result: [NaN],
      expected: { outcome: 'NoData', message: 'the query gives NaN' },
    },
    'of NaN does not depend on how the conditions are written: for failure': {
      failure: 'result[0] > 0.05',
      result: [NaN],
      expected: { outcome: 'NoData', message: 'the query gives NaN' },
    },
    'of Inf is none': {
      failure: 'result[0] > 0.05',
      result: [Infinity],
      expected: { outcome: 'NoData', message: 'the query gives Infinity' },
    },
    'with a NaN in any of its series is none': {
      success: 'result[0] < 1',
      result: [0.1, NaN],
      expected: { outcome: 'NoData', message: 'the query gives NaN' },
    },
    'of several series where one is wanted is none': {
      success: 'result < 1',
      result: [0.1, 0.2],
      expected: { outcome: 'NoData', message: 'result has 2 series where the condition wants one' },
    },
    'without stable pods to compare with is none': {
      success: 'result[0] <= stable[0]',
      expected: { outcome: 'NoData', message: 'stable is empty' },
    },
    'compared with a stable value of NaN is none': {
      success: 'result[0] <= stable[0]',
      stable: [NaN],
      expected: { outcome: 'NoData', message: 'a number in the condition comes to NaN' },
    },
    'that divides by a stable value of zero is none': {
      success: 'result[0] / stable[0] < 1.5',
      stable: [0],
      expected: { outcome: 'NoData', message: 'a number in the condition comes to Infinity' },
    },
    'with fewer samples than minSamples is none, however bad': {
      success: 'result[0] < 0.05',
      samples: 3,
      minSamples: 100,
      expected: { outcome: 'NoData', message: 'there are 3 samples and not 100' },
    },
    'with NaN samples is none': {
      success: 'result[0] < 0.05',
      samples: NaN,
      minSamples: 100,
      expected: { outcome: 'NoData', message: 'there are NaN samples and not 100' },
    },
    'with as many samples as are wanted counts': {
      success: 'result[0] < 0.05',
      samples: 100,
      minSamples: 100,
      expected: { outcome: 'Failed', value: 0.07, threshold: '< 0.05' },
    },
  }
  for (const [name, row] of Object.entries(rows)) {
    it(name, () => {
      expect(judged(row)).to.deep.equal(row.expected)
    })
  }

  it('that nobody answered is an error, not a failure', () => {
    const sample: Sample = { kind: 'error', sentence: 'connection refused' }
    const rules = { success: parseCondition('false'), failure: undefined, minSamples: 0 }
    expect(judge(rules, sample)).to.deep.equal({ outcome: 'Error', message: 'connection refused' })
  })
})
