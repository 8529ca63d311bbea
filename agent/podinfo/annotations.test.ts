import { expect } from 'chai'
import { findAnnotation } from './annotations.ts'

/** Lines as kubelet's fieldpath.FormatMap writes them. */
const cases: readonly (readonly [string, string, string | null])[] = [
  ['finds the value', 'a="1"\nb="2"', '2'],
  ['finds the first line', 'b="2"\na="1"', '2'],
  ['does not find a longer key', 'bb="2"', null],
  ['does not find what is absent', 'a="1"', null],
  ['finds an empty value', 'b=""', ''],
  ['undoes quotes and backslashes', String.raw`b="{\"x\":\"\\d\"}"`, String.raw`{"x":"\d"}`],
  ['undoes the escapes of Go', String.raw`b="\a\b\f\n\r\t\v"`, '\u0007\b\f\n\r\t\v'],
  ['undoes code points', String.raw`b="\x7f\u00ad\U000e0001"`, '\x7f\u00ad\u{e0001}'],
  ['leaves printable Unicode as it is', 'b="für Straße 走"', 'für Straße 走'],
  ['takes a line that is not whole for absent', 'b="2', null],
  ['takes a single quote for no value', 'b="', null],
]

describe('an annotation of the downward API', () => {
  for (const [name, text, expected] of cases) {
    it(name, () => {
      expect(findAnnotation(text, 'b')).to.equal(expected)
    })
  }
})
