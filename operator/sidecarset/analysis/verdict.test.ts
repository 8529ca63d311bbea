import { expect } from 'chai'
import { NO_VERDICTS, permissionOf } from './verdict.ts'
import type { AnalysisVerdict, AnalysisVerdictKind, Permission } from './verdict.ts'

function verdict(kind: AnalysisVerdictKind, metric = 'errors'): AnalysisVerdict {
  return kind === 'none' ? { kind } : { kind, metric, sentence: `${metric}: 0.07 > 0.05` }
}

describe('what verdicts permit', () => {
  const rows: readonly (readonly [AnalysisVerdictKind, AnalysisVerdictKind, Permission['kind']])[] =
    [
      ['none', 'none', 'proceed'],
      ['running', 'none', 'proceed'],
      ['passed', 'passed', 'proceed'],
      ['running', 'running', 'hold'],
      ['running', 'noData', 'hold'],
      ['running', 'providerAway', 'hold'],
      ['noData', 'running', 'wait'],
      ['noData', 'passed', 'wait'],
      ['providerAway', 'none', 'wait'],
      ['inconclusive', 'passed', 'pause'],
      ['noData', 'inconclusive', 'pause'],
      ['failed', 'passed', 'abort'],
      ['failed', 'inconclusive', 'abort'],
      ['inconclusive', 'failed', 'abort'],
    ]
  for (const [background, step, expected] of rows) {
    it(`is to ${expected} when the background is ${background} and the step ${step}`, () => {
      const verdicts = { background: verdict(background), step: verdict(step) }
      expect(permissionOf(verdicts).kind).to.equal(expected)
    })
  }

  it('is to proceed where nothing is analysed', () => {
    expect(permissionOf(NO_VERDICTS).kind).to.equal('proceed')
  })

  it('comes with the verdict that decided', () => {
    const failed = verdict('failed', 'refused')
    const verdicts = { background: failed, step: verdict('inconclusive') }
    expect(permissionOf(verdicts).verdict).to.equal(failed)
  })
})
