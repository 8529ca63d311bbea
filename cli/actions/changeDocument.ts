import type { Exit } from '../exitCode.ts'
import type { Outcome } from '../output/outcome.ts'
import {
  DOCUMENT_VERSION,
  documentOf,
  integer,
  list,
  object,
  oneOf,
  optional,
  text,
} from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { waitDocument } from '../status/waitFor.ts'

const fields = {
  set: text('Name of the SidecarSet.'),
  outcome: oneOf(
    'Unchanged: it is as asked already. DryRun: the API server would take the change.',
    'Changed',
    'Unchanged',
    'DryRun',
  ),
  sentence: text('What was changed.'),
  revision: text('Hash of the revision that the spec has now.'),
  before: optional(text('Hash of the one before, when it is another.')),
  scope: object('What it concerns.', {
    pods: integer('Pods that the set was injected into.'),
    namespaces: integer('Namespaces that they are in.'),
  }),
  ended: optional(waitDocument),
  notes: list('What to know of it.', text('A sentence.')),
}

/** The document of a command that changes a set: each has a kind of its own. */
export function changeDocument<const K extends string>(kind: K) {
  return documentOf(kind, 'What a command did to a SidecarSet.', fields)
}

export type Change = Omit<ShapeOf<ReturnType<typeof changeDocument<string>>>, 'apiVersion' | 'kind'>

export function changeOutcome(kind: string, change: Change): Outcome {
  const { set, outcome, sentence, ended, notes } = change
  const exit: Exit = ended?.exit ?? 'complete'
  const mark = outcome === 'DryRun' ? ' (dry run on the server)' : ''
  return {
    exit,
    document: { apiVersion: DOCUMENT_VERSION, kind, ...change },
    text: [
      `${set}: ${sentence}${mark}`,
      ...(ended === undefined ? [] : [`${set}: ${ended.exit}: ${ended.sentence}`]),
      ...notes.map((note) => `note: ${note}`),
    ].join('\n'),
  }
}
