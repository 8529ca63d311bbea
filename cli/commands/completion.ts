import type { Command } from '../commandline/command.ts'
import { COMPLETION_FILE, COMPLETION_SCRIPT } from '../completion/program.ts'
import { DOCUMENT_VERSION, documentOf, text } from '../output/shape.ts'

export const completion: Command = {
  name: 'completion',
  summary: 'Print the program by which kubectl completes these commands.',
  about: [
    `Put what it prints into your PATH as ${COMPLETION_FILE} and make it executable: kubectl, whose own completion must be set up, then completes commands, options, and names of SidecarSets and pods from the cluster.`,
  ],
  operands: [],
  options: {},
  examples: [
    {
      means: 'Set it up',
      line: `completion > /usr/local/bin/${COMPLETION_FILE} && chmod +x /usr/local/bin/${COMPLETION_FILE}`,
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
        file: COMPLETION_FILE,
        script: COMPLETION_SCRIPT,
      },
      text: COMPLETION_SCRIPT,
    }),
}
