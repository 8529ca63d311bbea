import { expect } from 'chai'
import { CliError } from '../../cli/cliError.ts'
import { refuseStale } from './stale.ts'

const seen = { generation: 3, revision: 'aa', step: 1 }

describe('a click', () => {
  it('that means what is there passes', () => {
    refuseStale('promote of mesh', seen, { ...seen })
  })

  const moved = {
    'another revision': [{ revision: 'bb' }, 'you saw revision aa, it is bb'],
    'the next step': [{ step: 2 }, 'you saw step 1, it is step 2'],
    'the end of the steps': [{ step: 0 }, 'you saw step 1, it is no step'],
    'a changed spec': [{ generation: 4 }, 'you saw generation 3 of the spec, it is 4'],
  } as const
  for (const [what, [change, text]] of Object.entries(moved)) {
    it(`that comes too late is refused: ${what}`, () => {
      const late = (): void => {
        refuseStale('promote of mesh', seen, { ...seen, ...change })
      }
      expect(late).to.throw(CliError, text).with.property('reason', 'Stale')
    })
  }
})
