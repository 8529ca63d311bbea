import { expect } from 'chai'
import { judgedRows } from './judgement.ts'

const counts = { successful: 0, failed: 0, inconclusive: 0, noData: 0, errors: 0 }

describe('what a rollout is judged by, on the page', () => {
  it('has each value with what is wanted of it', () => {
    const rows = judgedRows({
      revision: 'r',
      metrics: [
        {
          ...counts,
          ...{ metric: 'errors', step: 2, verdict: 'Failed', sentence: 'bad', dryRun: false },
          latest: { at: 't', outcome: 'Failed', value: 0.25, threshold: '< 0.01' },
        },
        {
          ...counts,
          metric: 'p99',
          verdict: 'Running',
          sentence: 'not measured yet',
          dryRun: true,
        },
      ],
      budget: {
        ...{ verdict: 'Running', sentence: '', handovers: 2, connections: 9 },
        costs: [
          { cost: 'connectionsCut', value: 0, threshold: '<= 1 (1% of 9)' },
          { cost: 'resets', value: 0 },
          { cost: 'handoverSeconds', value: 0.4 },
        ],
      },
    })
    expect(rows.map(({ what, value, wanted }) => [what, value, wanted])).to.deep.equal([
      ['errors of step 2', '0.25', '< 0.01'],
      ['p99 (dry run)', 'not measured yet', ''],
      ['connectionsCut', '0', '<= 1 (1% of 9)'],
      ['handoverSeconds', '0.4', ''],
    ])
  })
})
