import { expect } from 'chai'
import { createScreen } from './screen.ts'

/** What a terminal shows after these bytes: cursor up, down, erase line, erase below, text. */
function terminal(output: string): readonly string[] {
  const lines: string[] = ['']
  let row = 0
  for (const [part] of output.matchAll(/\u001B\[(\d*)([ABJK])|\r|\n|[^\u001B\r\n]+/g)) {
    const [, count = '1', act] = /\u001B\[(\d*)([ABJK])/.exec(part) ?? []
    if (act === 'A') row -= Number(count)
    else if (act === 'B' || part === '\n') row += 1
    else if (act === 'K') lines[row] = ''
    else if (act === 'J') lines.length = row
    else if (part !== '\r') lines[row] = part
    while (lines.length <= row) lines.push('')
  }
  return lines.slice(0, -1)
}

describe('a screen', () => {
  it('shows the newest text in the place of the one before, line by line', () => {
    const screen = createScreen(40)
    let output = screen.draw('a\nb\nc')
    output += screen.draw('a\nB\nc\nd')
    expect(terminal(output)).to.deep.equal(['a', 'B', 'c', 'd'])
    output += screen.draw('a\nB')
    expect(terminal(output)).to.deep.equal(['a', 'B'])
  })

  it('never clears the whole, and writes no line that did not change', () => {
    const screen = createScreen(40)
    screen.draw('first\nsecond')
    const again = screen.draw('first\nchanged')
    expect(again).not.to.contain('first').and.not.to.contain('\u001B[2J')
    expect(again).to.contain('changed')
  })

  it('cuts lines that the terminal would wrap: they would take two rows', () => {
    expect(terminal(createScreen(5).draw('123456789'))).to.deep.equal(['1234…'])
  })
})
