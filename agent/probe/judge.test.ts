import { expect } from 'chai'
import { judge, thresholdsOf, unjudged } from './judge.ts'

/** Outcomes, + = passed, and the verdicts after each. */
const cases: readonly (readonly [string, number, number, string, string])[] = [
  ['passes at once by default', 1, 3, '+', 'passing'],
  ['is unknown until the threshold', 1, 3, '--', 'unknown unknown'],
  ['fails at the threshold', 1, 3, '---', 'unknown unknown failing'],
  [
    'forgives what is not in a row',
    1,
    3,
    '+--+--',
    'passing passing passing passing passing passing',
  ],
  ['falls after enough in a row', 1, 2, '+--', 'passing passing failing'],
  [
    'needs as many successes as were asked for',
    2,
    1,
    '-+-++',
    'failing failing failing failing passing',
  ],
]

describe('a probe', () => {
  for (const [name, success, failure, outcomes, verdicts] of cases) {
    it(name, () => {
      let judgement = unjudged
      const seen = Array.from(outcomes, (outcome) => {
        judgement = judge(judgement, { ok: outcome === '+', detail: outcome }, { success, failure })
        return judgement.health.verdict
      })
      expect(seen.join(' ')).to.equal(verdicts)
      expect(judgement.health.detail).to.equal(outcomes.at(-1))
    })
  }

  it("has Kubernetes' defaults", () => {
    expect(thresholdsOf({})).to.deep.equal({ success: 1, failure: 3 })
  })
})
