import { expect } from 'chai'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { askToLeave } from './mosnHandshake.ts'

describe("the handshake of MOSN's upgrade", () => {
  it('tells where nobody took part in it, and leaves nothing behind', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-handshake-'))
    const error: unknown = await askToLeave(directory).catch((caught: unknown) => caught)
    expect(error).to.be.instanceOf(Error).and.have.property('message').that.contains(directory)
    expect(error).to.have.nested.property('cause.code', 'ENOENT')
    expect(readdirSync(directory)).to.deep.equal([])
    rmSync(directory, { recursive: true })
  })
})
