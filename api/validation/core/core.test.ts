import { expect } from 'chai'
import { setWith } from '../testing/build.ts'
import { faults, oddities } from '../testing/faults.ts'
import { validateSidecarSet } from '../validateSidecarSet.ts'
import { formatViolation } from '../violation.ts'

describe('a set is refused for what a pod would be refused for:', () => {
  for (const [name, [given, field]] of Object.entries(faults)) {
    it(name, () => {
      const violations = validateSidecarSet(setWith(given))
      const place = given.volume === undefined ? 'spec.containers[0].' : 'spec.volumes[0]'
      const path = `${place}${field.startsWith('[') || given.volume === undefined || field === '' ? '' : '.'}${field}`
      expect(violations[0]?.field).to.equal(path)
      for (const violation of violations) {
        expect(formatViolation(violation)).to.match(/^spec\.\S+ is .+: .+; .+\.$/)
      }
    })
  }
})

describe('a set is not refused for what pods may have:', () => {
  for (const [name, given] of Object.entries(oddities)) {
    it(name, () => {
      expect(validateSidecarSet(setWith(given))).to.deep.equal([])
    })
  }
})
