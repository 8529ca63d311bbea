import { expect } from 'chai'
import type { BudgetStatus, HandoverBudget } from '../../../api/v1beta1/analysis.ts'
import { judgeBudget } from './budget.ts'
import { budgetCosts } from './budgetCosts.ts'
import type { BudgetCost } from './budgetCosts.ts'
import { NO_COST } from './handoverLedger.ts'

const spent: BudgetStatus = {
  ...NO_COST,
  verdict: 'Running',
  message: '',
  handovers: 12,
  connectionsAtDrain: 301,
  podsNotReady: 0,
}

function thresholdOf(budget: HandoverBudget, cost: BudgetCost['cost']): string | undefined {
  return budgetCosts(budget, spent, 12).find((one) => one.cost === cost)?.threshold
}

describe('the costs of a budget', () => {
  const cases: readonly (readonly [string, HandoverBudget, BudgetCost['cost'], string?])[] = [
    ['a hundredth of the connections by default', {}, 'connectionsCut', '<= 4 (1% of 301)'],
    ['a number as it is', { connectionsCut: 5 }, 'connectionsCut', '<= 5'],
    ['ten drops a handover by default', {}, 'listenDrops', '<= 120 (10 a handover)'],
    ['no pod that is not ready by default', {}, 'podsNotReady', '<= 0'],
    ['anything where nothing is said', {}, 'resets'],
    ['anything where nothing is said of time', {}, 'handoverSeconds'],
    ['half a second', { handoverSeconds: 0.5 }, 'handoverSeconds', '<= 0.5'],
    ['a share of the pods', { podsNotReady: '25%' }, 'podsNotReady', '<= 3 (25% of 12)'],
  ]
  for (const [name, budget, cost, threshold] of cases) {
    it(`may be ${name}: ${cost}`, () => {
      expect(thresholdOf(budget, cost)).to.equal(threshold)
    })
  }

  it('have the thresholds at which the budget fails', () => {
    const { handovers, connectionsAtDrain } = spent
    for (const [cost, most] of [
      ['connectionsCut', 4],
      ['listenDrops', 120],
    ] as const) {
      const verdictAt = (value: number): string => {
        const numbers = { ...NO_COST, handovers, connectionsAtDrain, [cost]: value }
        return judgeBudget(undefined, { budget: {}, numbers, upgraded: 12, notReady: [], now: 0 })
          .verdict
      }
      expect([verdictAt(most), verdictAt(most + 1)], cost).to.deep.equal(['Running', 'Failed'])
      expect(thresholdOf({}, cost)).to.match(new RegExp(`^<= ${most} `))
    }
  })
})
