import type { Command } from '../commandline/command.ts'
import { check } from './check.ts'
import { completion } from './completion.ts'
import { consoleCommand } from './console.ts'
import { diff } from './diff.ts'
import { history } from './history.ts'
import { inject } from './inject.ts'
import { intercept } from './intercept.ts'
import { lint } from './lint.ts'
import { pause } from './pause.ts'
import { resume } from './resume.ts'
import { abort, promote, retry } from './rolloutCommands.ts'
import { rollback } from './rollback.ts'
import { status } from './status.ts'
import { supportBundle } from './supportBundle.ts'
import { uninject } from './uninject.ts'
import { upgrade } from './upgrade.ts'
import { version } from './version.ts'
import { why } from './why.ts'
import { whyInjected } from './whyInjected.ts'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  status,
  why,
  upgrade,
  pause,
  resume,
  rollback,
  promote,
  abort,
  retry,
  history,
  diff,
  intercept,
  whyInjected,
  inject,
  uninject,
  lint,
  consoleCommand,
  check,
  supportBundle,
  completion,
  version,
]
