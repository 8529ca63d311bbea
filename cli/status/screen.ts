/** Draws a text again and again in its place: what did not change is left alone. */
export interface Screen {
  /** What to write to the terminal so that it shows the text. */
  draw(text: string): string
}

const UP = (lines: number): string => (lines === 0 ? '' : `\u001B[${lines}A`)
const DOWN = '\u001B[1B'
const ERASE_LINE = '\u001B[2K'
const ERASE_BELOW = '\u001B[J'

/** @param columns of the terminal: longer lines are cut, since a wrapped one would take two */
export function createScreen(columns: number): Screen {
  let shown: readonly string[] = []
  return {
    draw: (text) => {
      const next = text.split('\n').map((line) => cut(line, columns))
      const changes = next.map((line, index) => {
        if (index >= shown.length) return `\r${ERASE_LINE}${line}\n`
        return shown[index] === line ? `\r${DOWN}` : `\r${ERASE_LINE}${line}\n`
      })
      const isShorter = next.length < shown.length
      const output = `${UP(shown.length)}${changes.join('')}${isShorter ? ERASE_BELOW : ''}`
      shown = next
      return output
    },
  }
}

/** Counts code points: what is drawn has neither wide nor combined letters of ours. */
function cut(line: string, columns: number): string {
  const letters = Array.from(line)
  return letters.length <= columns ? line : `${letters.slice(0, columns - 1).join('')}…`
}
