import { expect } from 'chai'
import { tar } from './tar.ts'
import type { TarEntry } from './tar.ts'

const file = (path: string): TarEntry => ({
  kind: 'file',
  path,
  mode: 0o644,
  data: { size: 1, chunks: [Buffer.from('x')] },
})

describe('a tar archive', () => {
  it('ends with two empty blocks after whole blocks', () => {
    const bytes = Buffer.concat(tar([file('a')]).filter((chunk) => Buffer.isBuffer(chunk)))
    expect(bytes.length).to.equal(4 * 512)
    expect(bytes.subarray(1024).every((byte) => byte === 0)).to.equal(true)
  })

  const deep = `${'d'.repeat(90)}/${'f'.repeat(90)}`
  const paths = {
    'a path of 100 bytes': { path: 'p'.repeat(100), name: 'p'.repeat(100), prefix: '' },
    'a deep path, split at a slash': { path: deep, name: 'f'.repeat(90), prefix: 'd'.repeat(90) },
  }
  for (const [what, { path, name, prefix }] of Object.entries(paths))
    it(`takes ${what}`, () => {
      const [header] = tar([file(path)])
      if (!Buffer.isBuffer(header)) throw new Error('the header is in memory')
      expect(text(header, 0, 100)).to.equal(name)
      expect(text(header, 345, 155)).to.equal(prefix)
    })

  const refused: Record<string, [TarEntry, RegExp]> = {
    'a name above 100 bytes': [file('p'.repeat(101)), /too long/],
    'a path above 255 bytes': [file(`${'d'.repeat(200)}/${'f'.repeat(90)}`), /too long/],
    'a link target above 100 bytes': [
      { kind: 'link', path: 'l', target: 't'.repeat(101) },
      /target .* too long/,
    ],
    'a file of 8 GiB': [
      { kind: 'file', path: 'big', mode: 0o644, data: { size: 8 ** 11, chunks: [] } },
      /below 8 GiB/,
    ],
  }
  for (const [what, [entry, message]] of Object.entries(refused))
    it(`refuses ${what}`, () => {
      expect(() => tar([entry])).to.throw(message)
    })
})

function text(header: Buffer, start: number, length: number): string {
  return header
    .subarray(start, start + length)
    .toString()
    .replace(/\0+$/, '')
}
