import { expect } from 'chai'
import { jsonLines } from './jsonLines.ts'

describe('jsonLines', () => {
  const read = async (chunks: readonly Uint8Array[]): Promise<unknown[]> => {
    async function* stream(): AsyncGenerator<Uint8Array> {
      for (const chunk of chunks) yield await Promise.resolve(chunk)
    }
    const lines: unknown[] = []
    for await (const line of jsonLines(stream())) lines.push(line)
    return lines
  }
  const bytes = new TextEncoder().encode('{"a":"ä"}\n{"b":2}\n\n{"c":3}')
  const expected = [{ a: 'ä' }, { b: 2 }, { c: 3 }]

  for (const size of [1, 2, 3, 7, 1000]) {
    it(`parses lines that come in chunks of ${size} bytes`, async () => {
      const chunks: Uint8Array[] = []
      for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size))
      expect(await read(chunks)).to.deep.equal(expected)
    })
  }

  it('leaves out a last line that was cut off', async () => {
    expect(await read([bytes.slice(0, -1)])).to.deep.equal(expected.slice(0, 2))
  })

  it('throws at a whole line that is no JSON', async () => {
    const failure = await read([new TextEncoder().encode('<html>\n')]).catch((e: unknown) => e)
    expect(failure).to.be.instanceOf(SyntaxError)
  })
})
