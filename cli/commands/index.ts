import type { Command } from '../commandline/command.ts'
import { inject } from './inject.ts'
import { lint } from './lint.ts'
import { status } from './status.ts'
import { uninject } from './uninject.ts'
import { version } from './version.ts'
import { why } from './why.ts'
import { whyInjected } from './whyInjected.ts'

/** All commands, in the order of the help. */
export const commands: readonly Command[] = [
  status,
  why,
  whyInjected,
  inject,
  uninject,
  lint,
  version,
]
