import type { Command, Operand, Option } from '../commandline/command.ts'
import { globalOptions } from '../commandline/globalOptions.ts'

/** What may stand in the place of the last word. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  /** Names of objects, which only the cluster knows. */
  | { readonly kind: 'sidecarsets' | 'pods' }
  | { readonly kind: 'files' }

export interface Candidate {
  readonly word: string
  readonly summary: string
}

const NOTHING: Candidates = { kind: 'words', words: [] }

/**
 * What completes a command line. Pure.
 * @param args the words so far; the last one, which may be empty, is the one to complete
 */
export function candidatesFor(args: readonly string[], commands: readonly Command[]): Candidates {
  const before = args.slice(0, -1)
  const last = args.at(-1) ?? ''
  const command = commands.find(({ name }) => before.includes(name))
  const options: Readonly<Record<string, Option>> = { ...globalOptions, ...command?.options }
  const valued = optionOf(options, before.at(-1))
  if (valued?.[1].type === 'string') return valuesOf(...valued)
  const [, inline] = /^(--[\w-]+)=/.exec(last) ?? []
  const own = optionOf(options, inline)
  if (own !== undefined) return prefixed(`${inline ?? ''}=`, valuesOf(...own))
  if (last.startsWith('-')) {
    return words(Object.entries(options).map(([name, { summary }]) => [`--${name}`, summary]))
  }
  if (command === undefined) return words(commands.map(({ name, summary }) => [name, summary]))
  const operands = operandsIn(before.slice(before.indexOf(command.name) + 1), options)
  return operandCandidates(command.operands[Math.min(operands, command.operands.length - 1)])
}

function optionOf(
  options: Readonly<Record<string, Option>>,
  word: string | undefined,
): readonly [string, Option] | undefined {
  if (word === undefined) return undefined
  return Object.entries(options).find(
    ([name, { short }]) => word === `--${name}` || (short !== undefined && word === `-${short}`),
  )
}

function valuesOf(name: string, { choices, value }: Option): Candidates {
  if (name === 'output') {
    return words(['text', 'json', 'yaml', 'jsonpath='].map((format) => [format, '']))
  }
  if (choices !== undefined) return words(choices.map((choice) => [choice, '']))
  return value === 'FILE' ? { kind: 'files' } : NOTHING
}

function prefixed(prefix: string, candidates: Candidates): Candidates {
  if (candidates.kind !== 'words') return candidates
  return words(candidates.words.map(({ word, summary }) => [`${prefix}${word}`, summary]))
}

function operandsIn(given: readonly string[], options: Readonly<Record<string, Option>>): number {
  return given.filter(
    (word, index) =>
      !word.startsWith('-') && optionOf(options, given[index - 1])?.[1].type !== 'string',
  ).length
}

function operandCandidates(operand: Operand | undefined): Candidates {
  const completes = operand?.completes
  if (completes === undefined) return NOTHING
  if (completes === 'sidecarsets' || completes === 'pods') return { kind: completes }
  return words(completes.map((word) => [word, '']))
}

function words(pairs: readonly (readonly [string, string])[]): Candidates {
  return { kind: 'words', words: pairs.map(([word, summary]) => ({ word, summary })) }
}
