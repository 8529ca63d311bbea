import { exits } from '../exitCode.ts'
import type { Command, Option } from './command.ts'
import { globalOptions } from './globalOptions.ts'

/** The text of `kubectl baton --help`. */
export function overview(commands: readonly Command[]): string {
  return sections([
    ['', ['kubectl baton COMMAND', '', 'Hot upgrades of sidecars in running pods.']],
    ['Commands', columns(commands.map(({ name, summary }) => [name, summary]))],
    ['Options of every command', optionRows(globalOptions)],
    ['Exit codes', exitRows()],
    ['', ['kubectl baton COMMAND --help tells more of one command.']],
  ])
}

/** The text of `kubectl baton COMMAND --help`. */
export function helpOf(command: Command): string {
  const { options, examples, access } = command
  return sections([
    ['', [synopsis(command), '', ...command.about.flatMap((text) => [text, ''])].slice(0, -1)],
    ['Arguments', columns(command.operands.map(({ name, summary }) => [name, summary]))],
    ['Options', optionRows(options)],
    ['Options of every command', optionRows(globalOptions)],
    ['Examples', examples.flatMap(({ means, line }) => [`# ${means}`, `kubectl baton ${line}`])],
    ['Needs to be allowed', access],
    ['Exit codes', exitRows()],
  ])
}

export function synopsis({ name, operands, options }: Command): string {
  const words = operands.map((one) => (one.optional === true ? `[${one.name}]` : one.name))
  const rest = Object.keys(options).length === 0 ? [] : ['[OPTION…]']
  return ['kubectl baton', name, ...words, ...rest].join(' ')
}

/** `-f, --filename FILE` */
export function optionText(name: string, { short, value }: Option): string {
  const names = short === undefined ? `--${name}` : `-${short}, --${name}`
  return value === undefined ? names : `${names} ${value}`
}

export function optionSummary({ summary, choices }: Option): string {
  return choices === undefined ? summary : `${summary} One of ${choices.join(', ')}.`
}

function optionRows(options: Readonly<Record<string, Option>>): readonly string[] {
  return columns(
    Object.entries(options).map(([name, option]) => [
      optionText(name, option),
      optionSummary(option),
    ]),
  )
}

function exitRows(): readonly string[] {
  return columns(Object.entries(exits).map(([name, { code, means }]) => [`${code} ${name}`, means]))
}

function columns(rows: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `${left.padEnd(width)}  ${right}`)
}

function sections(all: readonly (readonly [string, readonly string[]])[]): string {
  const present = all.filter(([, lines]) => lines.length > 0)
  const texts = present.map(([title, lines]) =>
    title === '' ? lines.join('\n') : [title, ...lines.map((line) => `  ${line}`)].join('\n'),
  )
  return `${texts.join('\n\n')}\n`
}
