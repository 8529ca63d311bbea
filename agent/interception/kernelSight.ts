import type { Logger } from '../log.ts'
import type { Backend } from './iptables/backend.ts'
import { preparedBackend } from './iptables/backend.ts'
import { KernelRules } from './iptables/kernelRules.ts'
import type { RunProgram } from './iptables/program.ts'
import type { Family } from './rules/family.ts'
import type { WantedRules } from './toggle/state.ts'

export interface KernelState {
  readonly hashes: Readonly<Partial<Record<Family, string>>>
  readonly areRight: boolean
  /** Families whose rules were others before. */
  readonly changed: readonly Family[]
  /** A sentence; empty = none. */
  readonly obstacle: string
}

export interface KernelSightOptions {
  readonly families: readonly Family[]
  readonly run: RunProgram
  readonly log: Logger
}

/** Keeps the kernel's rules of all families as they are wanted. */
export class KernelSight {
  readonly #options: KernelSightOptions
  #backend: Backend | null = null
  #told = ''

  constructor(options: KernelSightOptions) {
    this.#options = options
  }

  /** Never throws: what stands in the way is told, and tried again by the next call. */
  async keep({ interception, bypassed }: WantedRules): Promise<KernelState> {
    const hashes: Partial<Record<Family, string>> = {}
    const changed: Family[] = []
    try {
      const backend = await this.#preparedBackend()
      let areRight = true
      for (const family of this.#options.families) {
        const rules = new KernelRules(family, backend, this.#options.run)
        const written = await rules.write(interception, bypassed)
        hashes[family] = written.hash
        if (written.changed) changed.push(family)
        areRight &&= written.same
      }
      const obstacle = areRight ? '' : 'Somebody else changes the rules again at once.'
      return { hashes, areRight, changed, obstacle: this.#tell(obstacle) }
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      const obstacle = this.#tell(`The rules cannot be written: ${text}`)
      return { hashes, areRight: false, changed, obstacle }
    }
  }

  /** Once known it stays: what somebody takes away is put back where it was. */
  async #preparedBackend(): Promise<Backend> {
    this.#backend ??= await preparedBackend(this.#options.run)
    if (this.#backend === null) throw new Error('baton-iptables has not prepared this pod')
    return this.#backend
  }

  /** Once, not with every look. */
  #tell(obstacle: string): string {
    if (obstacle !== '' && obstacle !== this.#told) {
      this.#options.log.error('rules are not as wanted', { obstacle })
    }
    this.#told = obstacle
    return obstacle
  }
}
