import { expect } from 'chai'
import { formatResult, parseResults } from './recordedResult.ts'
import type { RecordedResult } from './recordedResult.ts'

describe('a recorded result', () => {
  const settled: RecordedResult = {
    id: 'abc-1',
    outcome: 'settled',
    reason: '',
    sentence: 'proxy serves (from proxy-2): fine.',
  }
  const failed: RecordedResult = {
    id: 'abc-2',
    outcome: 'failed',
    reason: 'ProxyExited',
    sentence: 'exit 1',
  }

  it('comes back as it was written, beside others', () => {
    const message = [settled, failed].map(formatResult).join('\n')
    expect(parseResults(message)).to.deep.equal([settled, failed])
  })
  it('stays one line whatever the sentence holds', () => {
    const [read] = parseResults(formatResult({ ...failed, sentence: 'two\nlines' }))
    expect(read?.sentence).to.equal('two lines')
  })
  it('keeps a sentence of at most 512 characters', () => {
    const [read] = parseResults(formatResult({ ...failed, sentence: 'x'.repeat(600) }))
    expect(read?.sentence).to.have.length(512)
  })
  it('is not seen in another text', () => {
    expect(parseResults('all is well')).to.deep.equal([])
    expect(parseResults(undefined)).to.deep.equal([])
  })
})
