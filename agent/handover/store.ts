import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Clock } from '../clock.ts'
import { isOutdated } from './outdated.ts'
import type { State } from './state.ts'
import { formatState, parseState } from './stateFile.ts'

/** The state could not be put on disk: no room, no directory. It may work the next time. */
export class StateNotWritten extends Error {
  readonly code = 'BATON_STATE_NOT_WRITTEN'

  constructor(path: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause)
    super(`${path} cannot be written: ${why}`, { cause })
    this.name = 'StateNotWritten'
  }
}

/**
 * What must survive the agent's death, in run/<container>/. Each file is replaced by rename, so a
 * reader sees the old or the new content. No fsync: the volume is memory and ends with the pod.
 */
export class HandoverStore {
  readonly #directory: string
  readonly #clock: Clock

  constructor(directory: string, clock: Clock) {
    this.#directory = directory
    this.#clock = clock
  }

  /** null = there is none yet, or none that still holds. Errors: DecodeError, errors of the file system other than ENOENT. */
  read(): State | null {
    const text = readIfPresent(this.#path('handover.json'))
    const state = text === null ? null : parseState(text, this.#clock)
    return state !== null && isOutdated(state, this.readActive()) ? null : state
  }

  /** Errors: {@link StateNotWritten}. */
  write(state: State): void {
    this.#replace('handover.json', `${formatState(state)}\n`)
  }

  /** Whether the state is there at all: somebody may empty the volume. */
  has(): boolean {
    return existsSync(this.#path('handover.json'))
  }

  /** Slot in the file `active`, which launchers read at their start; null = none yet. */
  readActive(): string | null {
    const slot = readIfPresent(this.#path('active'))?.trim() ?? ''
    return slot === '' ? null : slot
  }

  /** The pod ends: a slot without a process must not step in for one that is gone. */
  clearActive(): void {
    rmSync(this.#path('active'), { force: true })
  }

  /** Errors: {@link StateNotWritten}. */
  writeActive(slot: string): void {
    this.#replace('active', `${slot}\n`)
  }

  #path(name: string): string {
    return join(this.#directory, name)
  }

  #replace(name: string, content: string): void {
    const path = this.#path(name)
    try {
      makeRunDirectory(this.#directory)
      writeFileSync(`${path}.agent`, content)
      renameSync(`${path}.agent`, path)
    } catch (error) {
      discard(`${path}.agent`)
      throw new StateNotWritten(path, error)
    }
  }
}

/** Half a file takes room that is wanted; whether it goes or not, the first error is what matters. */
function discard(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch {
    // Not ours, then.
  }
}

/** As the launchers make it: whoever is first, all users of the pod write there. */
export function makeRunDirectory(directory: string): void {
  if (existsSync(directory)) return
  mkdirSync(directory, { recursive: true })
  // mkdir(2) obeys the umask.
  chmodSync(directory, 0o777)
}

function readIfPresent(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
