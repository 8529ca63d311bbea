import { PODS } from '../../runtime/client/kinds.ts'
import { revisionsOf } from '../actions/readRevisions.ts'
import { ifAllowed } from '../cluster/ifAllowed.ts'
import { selectorText } from '../cluster/selectorText.ts'
import { readSubject } from '../cluster/subjects.ts'
import { SUBJECT } from '../commandline/subject.ts'
import type { Command } from '../commandline/command.ts'
import { revisionRows, revisionShape } from '../history/revisionRows.ts'
import { DOCUMENT_VERSION, documentOf, list, text } from '../output/shape.ts'
import type { ShapeOf } from '../output/shape.ts'
import { formatTable } from '../table.ts'

const document = documentOf('History', 'The revisions of a SidecarSet.', {
  set: text('Its name.'),
  revisions: list('Newest first.', revisionShape),
  notes: list('What could not be read.', text('A sentence.')),
})

type History = ShapeOf<typeof document>

export const history: Command = {
  name: 'history',
  summary: 'List the revisions of a set, with their images and how many pods have them.',
  about: ['As many are kept as spec.revisionHistoryLimit says, and all that pods have.'],
  operands: [SUBJECT],
  options: {},
  examples: [
    { means: 'What was there before', line: 'history mesh' },
    {
      means: 'The hash of the newest one',
      line: "history mesh -o jsonpath='{.revisions[0].revision}'",
    },
  ],
  access: [
    'get sidecarsets (or ingressgateways), list controllerrevisions in baton-system',
    'list pods (optional)',
  ],
  document,
  run: async ({ operands, cluster }) => {
    const [name = ''] = operands
    const set = await readSubject(cluster(), name)
    const revisions = await revisionsOf(cluster(), set)
    const notes: string[] = []
    const pods = await ifAllowed('pods', notes, [], async () => {
      const labelSelector = selectorText(set.spec.selector)
      return (await cluster().client.resource(PODS).list({ labelSelector })).items
    })
    const found: History = {
      apiVersion: DOCUMENT_VERSION,
      kind: 'History',
      set: name,
      revisions: revisionRows(set, revisions, pods),
      notes,
    }
    return { exit: 'complete', document: found, text: historyText(found) }
  },
}

function historyText({ revisions, notes }: History): string {
  const rows = revisions.map(
    ({ number, revision, roles, version = '', created = '', images, pods }) => [
      String(number),
      revision,
      roles.join(' ').toLowerCase(),
      String(pods),
      version,
      created,
      images.join(' '),
    ],
  )
  const table = formatTable(
    ['NUMBER', 'REVISION', 'ROLE', 'PODS', 'VERSION', 'CREATED', 'IMAGES'],
    rows,
  )
  return [table, ...notes.map((note) => `note: ${note}`)].join('\n')
}
