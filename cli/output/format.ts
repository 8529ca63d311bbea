import { stringify } from 'yaml'
import { usageError } from '../cliError.ts'
import { nearest } from '../commandline/nearest.ts'
import { jsonpath } from './jsonpath.ts'
import type { Outcome } from './outcome.ts'

export type Format =
  | { readonly kind: 'text' | 'json' | 'yaml' }
  | { readonly kind: 'jsonpath'; readonly template: string }

/** Errors: CliError `usage`. */
export function parseFormat(text: string | undefined): Format {
  if (text === undefined || text === 'text' || text === 'wide') return { kind: 'text' }
  if (text === 'json' || text === 'yaml') return { kind: text }
  if (text.startsWith('jsonpath=')) {
    return { kind: 'jsonpath', template: text.slice('jsonpath='.length) }
  }
  const near = nearest(text, ['text', 'json', 'yaml'])
  throw usageError(
    `-o ${text} is no format`,
    near === undefined ? 'write text, json, yaml or jsonpath=TEMPLATE' : `did you mean -o ${near}?`,
  )
}

/** What goes to the standard output: ends with one newline, unless it is a template's own text. */
export function render(format: Format, { document, text }: Outcome): string {
  switch (format.kind) {
    case 'text':
      return text === '' || text.endsWith('\n') ? text : `${text}\n`
    case 'json':
      return `${JSON.stringify(document, null, 2)}\n`
    case 'yaml':
      return toYaml(document)
    case 'jsonpath':
      return jsonpath(format.template, document)
  }
}

/** YAML 1.1, as kubectl reads it. */
export function toYaml(document: object): string {
  return stringify(document, { lineWidth: 0, aliasDuplicateObjects: false, version: '1.1' })
}
