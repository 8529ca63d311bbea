/** A fenced block of a page. */
export interface Block {
  readonly page: string
  /** Number of its first line in the page, from 1; the fence is the line above. */
  readonly line: number
  /** What follows the fence; empty when nothing does. */
  readonly language: string
  readonly lines: readonly string[]
  /** Why no test runs it, as `<!-- not run: … -->` above the fence says. */
  readonly notRun?: string
}

/** Printed behind the output of a block, with its line. */
const END_OF_BLOCK = '\u001e'
/** What a reader types as it stands. */
const COMMANDS = new Set(['sh', 'bash'])
/** What a reader types and sees: lines that begin with `$ ` are typed. */
const SESSION = 'console'
const NOT_RUN = /^<!-- not run: (.+) -->$/
/** The first line of a manifest that the reader is to save under that name. */
const FILE_NAME = /^# ([\w-]+\.(?:yaml|json))$/

/** Every fenced block of a page, in order. Throws at a fence that is not closed. */
export function blocksOf(page: string, text: string): readonly Block[] {
  const lines = text.split('\n')
  const blocks: Block[] = []
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^(\s*)```(\w*)/.exec(lines[at] ?? '')
    if (fence === null) continue
    const [, indent = '', language = ''] = fence
    const end = lines.indexOf(`${indent}\`\`\``, at + 1)
    if (end === -1) throw new Error(`${page}:${at + 1}: this block has no end`)
    const above = lines.slice(0, at).findLast((line) => line.trim() !== '')
    const notRun = NOT_RUN.exec(above ?? '')?.[1]
    const content = lines.slice(at + 1, end).map((line) => line.slice(indent.length))
    blocks.push({
      ...{ page, language, line: at + 2, lines: content },
      ...(notRun === undefined ? {} : { notRun }),
    })
    at = end
  }
  return blocks
}

/** Whether a reader is to type something of it. */
export function isTyped({ language, lines }: Block): boolean {
  return COMMANDS.has(language) || (language === SESSION && lines.some(isPrompt))
}

/**
 * The program that types all commands of a page. Each stands at the number that it has in the page,
 * so that a shell tells of a failure by the page's own line.
 */
export function scriptOf(blocks: readonly Block[]): string {
  const script: string[] = []
  for (const block of blocks) {
    if (!isTyped(block) || block.notRun !== undefined) continue
    while (script.length < block.line - 1) script.push('')
    for (const line of block.lines) script.push(typedOf(block, line))
    script.push(`printf '${END_OF_BLOCK}%s\\n' ${block.line}`)
  }
  return `${script.join('\n')}\n`
}

/** What a page shows of the output of one of its blocks. */
export interface Shown {
  /** {@link Block.line} of the block that is typed. */
  readonly typed: number
  /** Where it is shown. */
  readonly line: number
  /** Lines that come in this order, maybe with others between; `…` stands for anything. */
  readonly lines: readonly string[]
}

/** What a page says that is printed: a `text` block right below the commands, or in a session. */
export function shownOf(blocks: readonly Block[]): readonly Shown[] {
  return blocks.flatMap((block, index) => {
    if (!isTyped(block) || block.notRun !== undefined) return []
    if (block.language === SESSION) {
      const lines = block.lines.filter((line) => !isPrompt(line))
      return [{ typed: block.line, line: block.line, lines }]
    }
    const next = blocks[index + 1]
    // Two fences and an empty line between.
    const isBelow = next?.language === 'text' && next.line === block.line + block.lines.length + 3
    return isBelow ? [{ typed: block.line, line: next.line, lines: next.lines }] : []
  })
}

/** The first line that is shown and was not printed. */
export function firstMissing(output: string, { lines }: Shown): string | undefined {
  const printed = output.split('\n')
  for (const line of lines) {
    const found = printed.findIndex((each) => patternOf(line).test(each))
    if (found === -1) return line
    printed.splice(0, found + 1)
  }
  return undefined
}

/** Files that the reader is told to save: by name, their content. */
export function filesOf(blocks: readonly Block[]): ReadonlyMap<string, string> {
  const files = new Map<string, string>()
  for (const { page, line, lines } of blocks) {
    const name = FILE_NAME.exec(lines[0] ?? '')?.[1]
    if (name === undefined) continue
    if (files.has(name)) throw new Error(`${page}:${line}: ${name} is a block above already`)
    files.set(name, `${lines.join('\n')}\n`)
  }
  return files
}

/** Output by the line of the block that has printed it. */
export function outputsOf(output: string): ReadonlyMap<number, string> {
  const [first = '', ...rest] = output.split(END_OF_BLOCK)
  const outputs = new Map<number, string>()
  let before = first
  for (const part of rest) {
    outputs.set(Number.parseInt(part, 10), before)
    before = part.slice(part.indexOf('\n') + 1)
  }
  return outputs
}

function patternOf(line: string): RegExp {
  const words = line.trim().split(/\s+/)
  const literal = words.map(escape).join('\\s+')
  return new RegExp(`^\\s*${literal.replaceAll('…', '.*')}\\s*$`)
}

/** A text as a pattern of itself. */
function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

function typedOf({ language }: Block, line: string): string {
  if (language !== SESSION) return line
  return isPrompt(line) ? line.slice(2) : ''
}

function isPrompt(line: string): boolean {
  return line.startsWith('$ ')
}
