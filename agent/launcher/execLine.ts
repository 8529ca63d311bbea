/** Of the launcher, end of line included (CONTROL_LINE_MAX in launcher/control.h). */
const LINE_MAX_BYTES = 4096

/**
 * The control line that runs a command in a slot's container.
 *
 * @throws RangeError for what the launcher would refuse: no program, a NUL byte, a longer line
 */
export function execLine(timeoutMs: number, command: readonly string[]): string {
  if (command.length === 0) throw new RangeError('command to execute: names no program')
  if (command.some((word) => word.includes('\0'))) {
    throw new RangeError('command to execute: a word holds a NUL byte, which no program can get')
  }
  const line = `exec ${Math.round(timeoutMs)} ${command.map(encodeWord).join(' ')}`
  const bytes = Buffer.byteLength(line) + 1
  if (bytes > LINE_MAX_BYTES) {
    throw new RangeError(
      `command to execute: ${bytes} bytes, at most ${LINE_MAX_BYTES}; put it into a script of the image`,
    )
  }
  return line
}

/** A lone '%' stands for the empty word, which would otherwise be lost between two spaces. */
function encodeWord(word: string): string {
  if (word === '') return '%'
  return word.replace(/[\u0001- %\u007f]/g, (character) => {
    return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
  })
}
