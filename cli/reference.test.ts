import { expect } from 'chai'
import { readFileSync } from 'node:fs'
import { commands } from './commands/index.ts'
import { generatedPages } from './reference.ts'

describe('the reference of the command line', () => {
  for (const { file, text } of generatedPages()) {
    it(`is current: run node cli/reference.ts: ${file.pathname.split('/').at(-1) ?? ''}`, () => {
      expect(readFileSync(file, 'utf8')).to.equal(text)
    })
  }

  it('has one kind of document for each command, but for filters, which share theirs', () => {
    const kinds = commands.map(({ document }) => document.schema.properties?.['kind']?.enum?.[0])
    expect(kinds.filter((kind) => kind !== 'List')).to.satisfy(
      (all: readonly string[]) => new Set(all).size === all.length,
    )
    expect(kinds).not.to.include(undefined)
  })
})
