import { expect } from 'chai'
import { validateSidecarSet } from '../validateSidecarSet.ts'
import { formatViolation } from '../violation.ts'
import { sidecarSet } from './build.ts'

/** Name of the case -> fields of the spec, the only field that is refused, parts of the sentence. */
export type Refusals = Readonly<Record<string, readonly [object, string, ...string[]]>>

/** A test for each case. */
export function itRefuses(refusals: Refusals): void {
  for (const [name, [spec, field, ...parts]] of Object.entries(refusals)) {
    it(name, () => {
      const violations = validateSidecarSet(sidecarSet(spec))
      expect(violations.map((violation) => violation.field)).to.deep.equal([field])
      const sentence = violations.map(formatViolation).join()
      for (const part of [field, ...parts]) expect(sentence).to.include(part)
    })
  }
}
