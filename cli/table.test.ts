import { expect } from 'chai'
import { formatTable } from './table.ts'

describe('table', () => {
  it('aligns text to the left and numbers to the right', () => {
    const table = formatTable(
      ['NAME', 'READY'],
      [
        ['mesh', '3'],
        ['a-long-name', '12'],
      ],
    )
    expect(table).to.equal('NAME         READY\nmesh             3\na-long-name     12')
  })

  it('leaves no spaces at the end of a line', () => {
    expect(formatTable(['A', 'B'], [['x', '']])).to.equal('A  B\nx')
  })
})
