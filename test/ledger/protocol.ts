import { LedgerError } from './error.ts'
import { parseGeneratorOptions, type GeneratorOptions } from './options.ts'
import type { Summary } from './summary.ts'

/** What the parent writes to the generator's stdin, one JSON document a line. */
export type Command =
  | { readonly command: 'start'; readonly options: GeneratorOptions }
  | { readonly command: 'snapshot'; readonly id: number }
  /** Begins a window of this name. */
  | { readonly command: 'mark'; readonly id: number; readonly name: string }
  | { readonly command: 'stop'; readonly id: number; readonly deadlineMs?: number }

/** What the generator writes to its stdout. `id` is the command's. */
export type Reply =
  | { readonly event: 'started' }
  | { readonly event: 'marked'; readonly id: number }
  | { readonly event: 'summary'; readonly id: number; readonly summary: Summary }
  | { readonly event: 'error'; readonly message: string }

/** Throws LEDGER_BAD_OPTION for what is no command. */
export function parseCommand(line: string): Command {
  const from: unknown = JSON.parse(line)
  if (typeof from !== 'object' || from === null || !('command' in from)) throw unknown(line)
  const id = 'id' in from ? Number(from.id) : NaN
  switch (from.command) {
    case 'start':
      return {
        command: 'start',
        options: parseGeneratorOptions('options' in from ? from.options : {}),
      }
    case 'snapshot':
      return { command: 'snapshot', id }
    case 'mark':
      if (!('name' in from) || typeof from.name !== 'string' || from.name === '') {
        throw unknown(line)
      }
      return { command: 'mark', id, name: from.name }
    case 'stop': {
      const deadlineMs = 'deadlineMs' in from ? Number(from.deadlineMs) : undefined
      return { command: 'stop', id, ...(deadlineMs === undefined ? {} : { deadlineMs }) }
    }
    default:
      throw unknown(line)
  }
}

function unknown(line: string): LedgerError {
  return new LedgerError('LEDGER_BAD_OPTION', `not a command of the ledger: ${line.slice(0, 200)}`)
}
