import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { State } from './state.ts'
import { formatStateFile, parseStateFile } from './stateFile.ts'

/** The file interception.json of the run directory: replaced by rename, as memory that may be read. */
export class StateStore {
  readonly #path: string

  constructor(directory: string) {
    this.#path = join(directory, 'interception.json')
  }

  /** null = there is none. Errors: DecodeError, errors of the file system. */
  read(): State | null {
    if (!existsSync(this.#path)) return null
    return parseStateFile(readFileSync(this.#path, 'utf8'))
  }

  /** Errors: those of the file system; the file is then as it was. */
  write(state: State): void {
    const next = `${this.#path}.agent`
    try {
      writeFileSync(next, formatStateFile(state))
      renameSync(next, this.#path)
    } catch (error) {
      rmSync(next, { force: true })
      throw error
    }
  }
}
