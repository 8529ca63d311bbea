import { parseArgs } from 'node:util'
import { usageError } from '../cliError.ts'
import type { Command, Option } from './command.ts'
import type { Flags } from './flags.ts'
import { createFlags } from './flags.ts'
import { globalOptions } from './globalOptions.ts'
import { nearest } from './nearest.ts'

export type Parsed =
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | {
      readonly kind: 'run'
      readonly command: Command
      readonly operands: readonly string[]
      readonly flags: Flags
    }

/**
 * What a command line asks for. Options may stand before the command too, as kubectl passes them on.
 * Errors: CliError `usage` that names the word, with what was probably meant.
 */
export function parse(args: readonly string[], commands: readonly Command[]): Parsed {
  const all = Object.assign({}, ...commands.map(({ options }) => options), globalOptions) as Options
  const { tokens } = parseArgs({
    args: [...args],
    options: forNode(all),
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? [token.value] : []))
  const given = tokens.filter((token) => token.kind === 'option')
  const wantsHelp = given.some(({ name }) => name === 'help')
  const [first, ...rest] = words[0] === 'help' ? words.slice(1) : words
  if (first === undefined) return { kind: 'help', command: undefined }
  const command = commands.find(({ name }) => name === first)
  if (command === undefined)
    throw unknown(
      'command',
      first,
      commands.map(({ name }) => name),
    )
  if (wantsHelp || words[0] === 'help') return { kind: 'help', command }

  const options: Options = { ...globalOptions, ...command.options }
  const values = new Map<string, string[]>()
  for (const { name, rawName, value } of given) {
    const option = options[name]
    if (option === undefined) {
      throw unknown(
        `option of ${command.name}`,
        rawName,
        Object.keys(options).map((one) => `--${one}`),
      )
    }
    // kubectl takes -o=json for -o json.
    const plain = rawName.startsWith('--') ? value : value?.replace(/^=/, '')
    const text = checkValue(rawName, option, plain)
    const before = values.get(name)
    if (before !== undefined && option.multiple === undefined && option.type === 'string') {
      throw usageError(`${rawName} is given twice`, 'give it once')
    }
    values.set(name, [...(before ?? []), text])
  }
  checkOperands(command, rest)
  return { kind: 'run', command, operands: rest, flags: createFlags(values) }
}

type Options = Readonly<Record<string, Option>>

function forNode(options: Options) {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [
      name,
      short === undefined ? { type, multiple: true } : { type, short, multiple: true },
    ]),
  )
}

function checkValue(rawName: string, option: Option, value: string | undefined): string {
  if (option.type === 'boolean') {
    if (value === undefined || value === 'true') return ''
    throw usageError(`${rawName} is a switch and takes no value, not "${value}"`)
  }
  if (value === undefined || value === '') {
    throw usageError(`${rawName} has no value`, `write ${rawName} ${option.value ?? 'VALUE'}`)
  }
  const { choices } = option
  if (choices !== undefined && !choices.includes(value)) {
    throw usageError(`${rawName} is "${value}"`, `write one of ${choices.join(', ')}`)
  }
  return value
}

function checkOperands(command: Command, words: readonly string[]): void {
  const { operands, name } = command
  const missing = operands[words.length]
  if (missing !== undefined && missing.optional === undefined) {
    throw usageError(`${name} needs ${missing.name}: ${missing.summary}`, `see ${helpOf(name)}`)
  }
  const extra = words[operands.length]
  if (extra !== undefined && operands.at(-1)?.many === undefined) {
    throw usageError(`${name} does not take "${extra}"`, `see ${helpOf(name)}`)
  }
}

function helpOf(command: string): string {
  return `kubectl baton ${command} --help`
}

function unknown(what: string, word: string, candidates: readonly string[]) {
  const near = nearest(word, candidates)
  return usageError(
    `"${word}" is no ${what}`,
    near === undefined ? 'see kubectl baton --help' : `did you mean "${near}"?`,
  )
}
