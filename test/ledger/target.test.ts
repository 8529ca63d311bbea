import { expect } from 'chai'
import { formatTarget, parseTarget } from './target.ts'

describe('a target', () => {
  for (const text of ['10.0.0.7:80', 'localhost:8080', '[::1]:65535']) {
    it(`is read from ${text} and written back`, () => {
      const target = parseTarget(text)
      expect(target && formatTarget(target)).to.equal(text)
    })
  }

  for (const text of ['', '10.0.0.7', ':80', '10.0.0.7:0', '10.0.0.7:65536', '::1:80', 'a:b']) {
    it(`is not ${JSON.stringify(text)}`, () => {
      expect(parseTarget(text)).to.equal(undefined)
    })
  }
})
