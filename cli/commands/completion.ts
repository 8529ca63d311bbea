import type { Command } from '../commandline/command.ts'
import { COMPLETE } from '../completion/answer.ts'
import { DOCUMENT_VERSION, documentOf, text } from '../output/shape.ts'

const SCRIPT = `#!/bin/sh
# kubectl finds completions of its plugin "baton" in a program of this name.
exec kubectl-baton ${COMPLETE} "$@"
`

const FILE = 'kubectl_complete-baton'

export const completion: Command = {
  name: 'completion',
  summary: 'Print the program by which kubectl completes these commands.',
  about: [
    `Put what it prints into your PATH as ${FILE} and make it executable: kubectl, whose own completion must be set up, then completes commands, options, and names of SidecarSets and pods from the cluster.`,
  ],
  operands: [],
  options: {},
  examples: [
    {
      means: 'Set it up',
      line: `completion > /usr/local/bin/${FILE} && chmod +x /usr/local/bin/${FILE}`,
    },
  ],
  access: [],
  document: documentOf('Completion', 'The program that kubectl asks.', {
    file: text('Its name in PATH.'),
    script: text('What it consists of.'),
  }),
  run: () =>
    Promise.resolve({
      exit: 'complete',
      document: {
        apiVersion: DOCUMENT_VERSION,
        kind: 'Completion',
        file: FILE,
        script: SCRIPT,
      },
      text: SCRIPT,
    }),
}
