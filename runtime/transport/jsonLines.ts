/**
 * Parses a stream of JSON documents, one a line, as a watch sends them. A line may come in many
 * chunks and a character be split between two.
 * @throws SyntaxError when a line is no JSON
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator {
  const decoder = new TextDecoder()
  // Kept as parts: joining on every chunk would copy a long line again and again.
  let parts: string[] = []
  for await (const chunk of chunks) {
    const lines = decoder.decode(chunk, { stream: true }).split('\n')
    const last = lines.pop() ?? ''
    for (const line of lines) {
      const whole = parts.length === 0 ? line : parts.join('') + line
      parts = []
      if (whole.trim() !== '') yield JSON.parse(whole)
    }
    if (last !== '') parts.push(last)
  }
  const rest = parts.join('')
  // A link that broke in the middle of a line: what was cut off will come again after the reconnect.
  if (rest.trim() !== '' && isWhole(rest)) yield JSON.parse(rest)
}

function isWhole(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
