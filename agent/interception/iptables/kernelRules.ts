import type { Interception } from '../../../api/interception/desired.ts'
import { TRANSPARENT_MARK, TRANSPARENT_TABLE } from '../rules/constants.ts'
import type { Family } from '../rules/family.ts'
import type { Difference } from '../rules/readBack.ts'
import { difference, isSame, readRules, rulesHash } from '../rules/readBack.ts'
import { restoreText } from '../rules/restore.ts'
import type { RuleSet } from '../rules/ruleSet.ts'
import { rules } from '../rules/rules.ts'
import type { Backend } from './backend.ts'
import { applet, programOf } from './backend.ts'
import type { RunProgram } from './program.ts'

/** Seconds that iptables waits while somebody else changes rules. */
const LOCK_WAIT_SECONDS = '2'

/** What the kernel has of ours, and what it lacks. */
export interface Reading {
  readonly difference: Difference
  readonly same: boolean
  readonly hash: string
}

export interface Written extends Reading {
  /** The kernel had other rules before. */
  readonly changed: boolean
}

/** The rules of one family in this network namespace. */
export class KernelRules {
  readonly family: Family
  readonly #backend: Backend
  readonly #program: RunProgram

  /** @param program runs what it is given in the pod's network */
  constructor(family: Family, backend: Backend, program: RunProgram) {
    this.family = family
    this.#backend = backend
    this.#program = program
  }

  /** Errors: iptables-save failed. */
  async read(wanted: Interception | null, bypassed = false): Promise<Reading> {
    return this.#compare(wanted, await this.#found(), bypassed)
  }

  /**
   * Brings the kernel to the wanted state in one transaction a table, if it is not there. Resolves
   * to what it then has, read back. Errors: what iptables said.
   */
  async write(wanted: Interception | null, bypassed = false): Promise<Written> {
    if (wanted?.mode === 'Tproxy') await this.#routeMarked()
    const found = await this.#found()
    const before = this.#compare(wanted, found, bypassed)
    if (before.same) return { ...before, changed: false }
    const text = restoreText(rules(wanted, this.family, found, bypassed), before.difference.jumps)
    await this.#run('restore', ['--noflush', '--wait', LOCK_WAIT_SECONDS], text)
    return { ...(await this.read(wanted, bypassed)), changed: true }
  }

  #compare(wanted: Interception | null, found: RuleSet, bypassed: boolean): Reading {
    const missing = difference(rules(wanted, this.family, found, bypassed), found)
    return { difference: missing, same: isSame(missing), hash: rulesHash(found) }
  }

  async #found(): Promise<RuleSet> {
    return readRules(await this.#run('save', []))
  }

  async #run(what: 'save' | 'restore', options: readonly string[], input = ''): Promise<string> {
    // Only iptables of the old kind has a lock; the new one takes the option and does nothing.
    const args = [applet(this.family, what), ...options]
    const { code, stdout, stderr } = await this.#program(programOf(this.#backend), args, input)
    if (code === 0) return stdout
    const said = stderr.trim().split('\n').slice(0, 3).join('; ')
    throw new Error(`${args.join(' ')} (${this.#backend}) failed with code ${code}: ${said}`)
  }

  /** The app's answers to a proxy that spoke with the client's address come back to the pod. */
  async #routeMarked(): Promise<void> {
    const family = this.family === 'v4' ? '-4' : '-6'
    const table = String(TRANSPARENT_TABLE)
    const ip = (...args: readonly string[]): Promise<string> => runIp(this.#program, args)
    const listed = await ip(family, 'rule', 'list', 'table', table)
    if (!listed.includes('fwmark')) {
      await ip(family, 'rule', 'add', 'fwmark', TRANSPARENT_MARK, 'lookup', table)
    }
    await ip(family, 'route', 'replace', 'local', 'default', 'dev', 'lo', 'table', table)
  }
}

/** Errors: what `ip` said. */
export async function runIp(run: RunProgram, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run('ip', args)
  if (code === 0) return stdout
  throw new Error(`ip ${args.join(' ')} failed with code ${code}: ${stderr.trim()}`)
}
