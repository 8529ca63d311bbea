import { expect } from 'chai'
import type { BudgetStatus, HandoverBudget } from '../../../api/v1beta1/analysis.ts'
import { judgeBudget } from './budget.ts'
import { NO_COST } from './handoverLedger.ts'
import type { HandoverNumbers } from './handoverLedger.ts'

const now = Date.parse('2025-01-01T00:00:00Z')
const CUTS = { handovers: 4, connectionsAtDrain: 400 }

function judged(
  budget: HandoverBudget,
  numbers: Partial<HandoverNumbers>,
  over: {
    readonly before?: BudgetStatus
    readonly notReady?: readonly string[]
    readonly now?: number
  } = {},
): BudgetStatus {
  const { before, notReady = [] } = over
  return judgeBudget(before, {
    budget,
    numbers: { ...NO_COST, ...numbers },
    upgraded: 10,
    notReady,
    now: over.now ?? now,
  })
}

describe('the budget of handovers', () => {
  const rows: Readonly<
    Record<string, readonly [HandoverBudget, Partial<HandoverNumbers>, string | undefined]>
  > = {
    'is kept to by handovers that cut nothing': [{}, CUTS, undefined],
    'allows 1 % of the connections to be cut': [{}, { ...CUTS, connectionsCut: 4 }, undefined],
    'is exceeded by one connection more': [
      {},
      { ...CUTS, connectionsCut: 5 },
      '5 of 400 connections were cut, 1% may be',
    ],
    'can forbid every cut': [
      { connectionsCut: 0 },
      { ...CUTS, connectionsCut: 1 },
      '1 of 400 connections were cut, 0 may be',
    ],
    'lets maxSeconds cut what it is there to cut': [
      { connectionsCut: 0 },
      { ...CUTS, connectionsCutAtMaxSeconds: 400 },
      undefined,
    ],
    'limits that too if it is told to': [
      { connectionsCutAtMaxSeconds: '10%' },
      { ...CUTS, connectionsCutAtMaxSeconds: 41 },
      '41 of 400 connections were cut when maxSeconds was over, 10% may be',
    ],
    'is exceeded by listeners that drop': [
      {},
      { ...CUTS, listenDrops: 41 },
      'listeners dropped 41 connections in 4 handovers, 10 may be on average',
    ],
    'does not count resets unless it is told to': [{}, { ...CUTS, resets: 9_999 }, undefined],
    'limits resets': [
      { resets: 2 },
      { ...CUTS, resets: 9 },
      '9 connections were reset in 4 handovers, 2 may be on average',
    ],
    'limits how long a handover takes': [
      { handoverSeconds: 2.5 },
      { ...CUTS, longestHandoverSeconds: 3.14159 },
      'a new process served after 3.142 s, 2.5 s may pass',
    ],
  }
  for (const [name, [budget, numbers, message]] of Object.entries(rows)) {
    it(name, () => {
      const found = judged(budget, numbers)
      expect(found.verdict).to.equal(message === undefined ? 'Running' : 'Failed')
      if (message !== undefined) expect(found.message).to.equal(message)
    })
  }

  it('gives sidecars that are not ready half a minute', () => {
    const first = judged({}, {}, { notReady: ['shop/a'] })
    expect(first).to.deep.include({ verdict: 'Running', podsNotReady: 1 })
    const early = judged({}, {}, { before: first, notReady: ['shop/a'], now: now + 29_000 })
    expect(early.verdict).to.equal('Running')
    const late = judged({}, {}, { before: early, notReady: ['shop/a'], now: now + 30_000 })
    expect(late).to.deep.include({
      verdict: 'Failed',
      message: 'the sidecar of 1 of 10 upgraded pods is not ready, 0 may be: shop/a',
    })
  })

  it('forgets a sidecar that was not ready for a while', () => {
    const first = judged({}, {}, { notReady: ['shop/a'] })
    const better = judged({}, {}, { before: first, now: now + 20_000 })
    expect(better).not.to.have.property('notReadySince')
    const again = judged({}, {}, { before: better, notReady: ['shop/a'], now: now + 40_000 })
    expect(again.verdict).to.equal('Running')
  })

  it('does not forget a failure, nor what an operator before has counted', () => {
    const before = judged({}, { ...CUTS, connectionsCut: 5 })
    const after = judged({}, {}, { before })
    expect(after).to.deep.include({ verdict: 'Failed', connectionsCut: 5, message: before.message })
  })
})
