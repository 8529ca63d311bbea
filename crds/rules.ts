import type { Rule, Schema } from './schema.ts'
import { integer, intOrString, string } from './schema.ts'

// What one object can tell by itself is checked by the API server, also while no webhook answers.
// The API server writes field and value before the message, which says what is wrong and what to do.

/** Longest text that a rule looks at: the API server bounds the cost of a rule by it. */
const LONGEST_CHECKED = 63

/** A schema with rules beside those that it has. */
export function checked(schema: Schema, ...rules: readonly Rule[]): Schema {
  const own = schema['x-kubernetes-validations'] ?? []
  return { ...schema, 'x-kubernetes-validations': [...own, ...rules] }
}

/** A text that must be one of these. */
export function oneOf(description: string, values: readonly string[]): Schema {
  const rule = {
    rule: `self in [${values.map((value) => `'${value}'`).join(', ')}]`,
    message: `there is no such value; use one of ${values.join(', ')}`,
  }
  return checked({ ...string(description), maxLength: LONGEST_CHECKED }, rule)
}

export function wholeNumber(description: string, least: number): Schema {
  const message = `this is not a number that can be used here; use a whole number of at least ${least}`
  return checked(integer(description), { rule: `self >= ${least}`, message })
}

/** A number of pods or a percentage of them. */
export function share(description: string): Schema {
  return checked(
    { ...intOrString(description), maxLength: LONGEST_CHECKED },
    {
      rule: "type(self) == int ? self >= 0 : self.matches('^([0-9]{1,2}|0*100)%$')",
      message:
        'this is neither a number of pods nor a share of them; use a whole number such as 2, or a percentage from 0% to 100%',
    },
  )
}

/** One that must not be none. */
export function positiveShare(description: string, problem: string): Schema {
  return checked(share(description), {
    rule: "type(self) == int ? self != 0 : !self.matches('^0+%$')",
    message: `${problem}; use a whole number of at least 1, or a percentage from 1% to 100%`,
  })
}
