import { watch } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Desired } from '../../api/desired.ts'
import { parseDesired } from '../../api/desired.ts'
import { annotations } from '../../api/group.ts'
import type { Interception } from '../../api/interception/desired.ts'
import { parseInterception } from '../../api/interception/desired.ts'
import type { Logger } from '../log.ts'
import { AnnotationValue } from './annotationValue.ts'
import { findAnnotation } from './annotations.ts'

export interface DesiredSourceOptions {
  /** Directory of the downward API volume. */
  readonly directory: string
  readonly log: Logger
  /** Called when the desired state may have changed. */
  readonly onChange: () => void
}

/**
 * What the pod's annotations want of its agent, as the kubelet shows them in the pod. The kubelet swaps the
 * symlink `..data`, which fs.watch tells at once; the callers' poll covers what inotify misses.
 */
export class DesiredSource {
  readonly #options: DesiredSourceOptions
  readonly #desired: AnnotationValue<Desired>
  readonly #interception: AnnotationValue<Interception>
  /** Code of the last error of reading. */
  #unreadable = ''

  constructor(options: DesiredSourceOptions) {
    this.#options = options
    const { log } = options
    this.#desired = new AnnotationValue({ what: 'desired state', parse: parseDesired, log })
    const what = 'wanted interception'
    this.#interception = new AnnotationValue({ what, parse: parseInterception, log })
  }

  /** null = absent so far, or never understood. */
  async read(): Promise<Desired | null> {
    return this.#desired.update(await this.#readText(annotations.desired))
  }

  /** The same for what of the pod's traffic goes through the proxy. */
  async readInterception(): Promise<Interception | null> {
    return this.#interception.update(await this.#readText(annotations.interception))
  }

  async #readText(key: string): Promise<string | null> {
    try {
      const text = await readFile(join(this.#options.directory, 'annotations'), 'utf8')
      return findAnnotation(text, key)
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
