import { expect } from 'chai'
import { describe, it } from 'mocha'
import { execLine } from './execLine.ts'

describe('the line that runs a command', () => {
  const cases: Record<string, { readonly words: readonly string[]; readonly line: string }> = {
    'keeps plain words': { words: ['/bin/drain', '--all'], line: 'exec 1500 /bin/drain --all' },
    'keeps a word with spaces whole': { words: ['echo', 'a b'], line: 'exec 1500 echo a%20b' },
    'keeps an empty word': { words: ['echo', '', 'x'], line: 'exec 1500 echo % x' },
    'keeps what looks encoded': { words: ['echo', '%20'], line: 'exec 1500 echo %2520' },
    'keeps line ends and tabs': { words: ['sh', '\r\n\t'], line: 'exec 1500 sh %0D%0A%09' },
    'keeps letters of all languages': { words: ['echo', 'größe'], line: 'exec 1500 echo größe' },
  }
  for (const [name, { words, line }] of Object.entries(cases)) {
    it(name, () => {
      expect(execLine(1500.2, words)).to.equal(line)
    })
  }

  const refusals: Record<string, readonly string[]> = {
    'names no program': [],
    'NUL byte': ['echo', 'a\0b'],
    'at most 4096': ['echo', 'ä'.repeat(2048)],
  }
  for (const [why, words] of Object.entries(refusals)) {
    it(`is refused when it is said: ${why}`, () => {
      expect(() => execLine(1000, words)).to.throw(RangeError, why)
    })
  }

  it('may be as long as the launcher reads', () => {
    expect(execLine(1, ['x'.repeat(4096 - 'exec 1 \n'.length)])).to.have.length(4095)
  })
})
