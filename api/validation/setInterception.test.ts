import { expect } from 'chai'
import { cold, sidecarSet } from './testing/build.ts'
import { itRefuses } from './testing/refusals.ts'
import { validateSidecarSet } from './validateSidecarSet.ts'

describe('interception in a set is refused', () => {
  itRefuses({
    'with a port that is none': [
      { interception: { inboundPort: 0 } },
      'spec.interception.inboundPort',
      'from 1 to 65535',
    ],
    'where no container has an agent that could switch it': [
      { containers: [cold], interception: {} },
      'spec.interception',
      'upgradeStrategy.handover',
    ],
  })

  it('and accepted in its shortest form, in an update too', () => {
    const set = sidecarSet({ interception: {} })
    expect(validateSidecarSet(set, { old: sidecarSet({}) })).to.deep.equal([])
  })
})
