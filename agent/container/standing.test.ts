import { expect } from 'chai'
import type { Health } from '../handover/world.ts'
import { unknownHealth } from '../handover/world.ts'
import { standing } from './standing.ts'

const failing: Health = { verdict: 'failing', detail: 'status 500' }
const passing: Health = { verdict: 'passing', detail: 'status 200' }

describe('what stands of a livenessProbe', () => {
  const rows: readonly (readonly [what: string, said: readonly Health[], stands: Health])[] = [
    ['is unknown before anything is known', [unknownHealth], unknownHealth],
    ['is what was said last', [failing, passing], passing],
    [
      'is the failure, while of the next process nothing is known',
      [failing, unknownHealth],
      failing,
    ],
    [
      'is not the failure any more once it has passed',
      [failing, passing, unknownHealth],
      unknownHealth,
    ],
  ]
  for (const [what, said, stands] of rows) {
    it(what, () => {
      expect(said.reduce(standing, unknownHealth)).to.deep.equal(stands)
    })
  }
})
