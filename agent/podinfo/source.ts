import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desired } from '../../api/desired.ts'
import { parseDesired } from '../../api/desired.ts'
import { annotations } from '../../api/group.ts'
import type { Logger } from '../log.ts'
import { findAnnotation } from './annotations.ts'

export interface DesiredSourceOptions {
  /** Directory of the downward API volume. */
  readonly directory: string
  readonly log: Logger
  /** Called when the desired state may have changed. */
  readonly onChange: () => void
}

/**
 * The annotation `baton.dev/desired` as the kubelet shows it in the pod. The kubelet swaps the
 * symlink `..data`, which fs.watch tells at once; the callers' poll covers what inotify misses.
 */
export class DesiredSource {
  readonly #options: DesiredSourceOptions
  #text: string | null = null
  #desired: Desired | null = null
  /** Code of the last error of reading. */
  #unreadable = ''

  constructor(options: DesiredSourceOptions) {
    this.#options = options
  }

  /**
   * Reads the annotation. null = absent. One that cannot be parsed leaves the last good one in
   * force and is logged once: a proxy must not be harmed by a typo.
   */
  async read(): Promise<Desired | null> {
    const text = await this.#readText()
    if (text === this.#text || text === null) return this.#desired
    this.#text = text
    try {
      this.#desired = parseDesired(text)
      this.#options.log.info('desired state read', { desired: text })
    } catch (error) {
      this.#options.log.error('desired state not understood', { error, desired: text })
    }
    return this.#desired
  }

  async #readText(): Promise<string | null> {
    try {
      const text = await readFile(join(this.#options.directory, 'annotations'), 'utf8')
      return findAnnotation(text, annotations.desired)
    } catch (error) {
      // Missing between two versions of the volume, or before the first one; all else is told once.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      if (code !== 'ENOENT' && code !== this.#unreadable) {
        this.#options.log.error('podinfo not readable', { error })
      }
      this.#unreadable = code
      return null
    }
  }

  /** Watches the directory until aborted. */
  async run(signal: AbortSignal): Promise<void> {
    const { directory, log, onChange } = this.#options
    await new Promise<void>((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          resolve()
        },
        { once: true },
      )
      try {
        const watcher = watch(directory, { signal }, onChange)
        watcher.on('error', (error) => {
          log.warn('podinfo not watched, polling only', { error })
        })
      } catch (error) {
        log.warn('podinfo not watched, polling only', { error })
      }
    })
  }
}
