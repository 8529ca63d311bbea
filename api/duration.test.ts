import { expect } from 'chai'
import { assert, nat, property } from 'fast-check'
import { durationMs, formatDuration } from './duration.ts'

describe('a duration', () => {
  const rows: readonly (readonly [string, number | undefined])[] = [
    ['30s', 30_000],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1m500ms', 60_500],
    ['0s', 0],
    ['', undefined],
    ['5', undefined],
    ['m', undefined],
    ['-5m', undefined],
    ['5m1h', undefined],
    ['1.5m', undefined],
  ]
  for (const [text, expected] of rows) {
    it(`is ${expected ?? 'none'}: '${text}'`, () => {
      expect(durationMs(text)).to.equal(expected)
    })
  }

  it('is read as it was written', () => {
    assert(property(nat(), (value) => durationMs(formatDuration(value)) === value))
  })
})
