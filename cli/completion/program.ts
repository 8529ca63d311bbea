import { COMPLETE } from './answer.ts'

/** The command's file: kubectl finds its plugin `baton` by this name. */
export const COMMAND_FILE = 'kubectl-baton'

/** kubectl finds the completions of its plugin `baton` in a program of this name. */
export const COMPLETION_FILE = 'kubectl_complete-baton'

export const COMPLETION_SCRIPT = `#!/bin/sh
# kubectl finds completions of its plugin "baton" in a program of this name.
exec ${COMMAND_FILE} ${COMPLETE} "$@"
`
