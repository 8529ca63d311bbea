import { expect } from 'chai'
import { parseToken } from './token.ts'

const typed: Readonly<Record<string, readonly [text: string, token: string | undefined]>> = {
  'a token': ['abc.def-1_2~3+4/5==', 'abc.def-1_2~3+4/5=='],
  'a token with what surrounds it on a terminal': ['  abc\n', 'abc'],
  'a token copied with its scheme': ['Bearer abc', 'abc'],
  nothing: ['', undefined],
  'blanks alone': [' \t\n ', undefined],
  'the scheme alone': ['Bearer ', undefined],
  'two lines': ['abc\ndef', undefined],
  quotes: ['"abc"', undefined],
  'a header that is smuggled in': ['abc\r\nImpersonate-User: admin', undefined],
  'more than a header may hold': ['a'.repeat(9_000), undefined],
}

describe('what is typed as a token', () => {
  for (const [what, [text, token]] of Object.entries(typed)) {
    it(`${token === undefined ? 'is none' : 'is one'}: ${what}`, () => {
      const parsed = parseToken(text)
      if (token === undefined) expect(parsed).to.include({ code: 'NoToken' })
      else expect(parsed).to.deep.equal({ token })
    })
  }
})
