import type { Interception } from '../../api/interception/desired.ts'
import { parseInterception } from '../../api/interception/desired.ts'
import type { Logger } from '../log.ts'
import { backendToPrepare } from './iptables/backend.ts'
import { KernelRules, runIp } from './iptables/kernelRules.ts'
import type { RunProgram } from './iptables/program.ts'
import type { Family } from './rules/family.ts'

export interface PrepareOptions {
  /** The annotation `baton.dev/interception`; absent: nothing is intercepted yet. */
  readonly annotation: string | undefined
  readonly families: readonly Family[]
  readonly run: RunProgram
  readonly log: Logger
}

/**
 * What `baton-iptables` does before any other program of the pod runs: the anchor and our chains, and
 * the rules if interception is on from the start, so that the app's first packet is intercepted
 * already. May be repeated. Errors: the annotation or what iptables said; the pod then does not start.
 */
export async function prepareNetwork(options: PrepareOptions): Promise<void> {
  const { families, run, log } = options
  const wanted = wantedAtStart(options.annotation)
  const backend = await backendToPrepare(run)
  if (families.includes('v6')) await addPassThrough(run, log)
  for (const family of families) {
    const { same, difference, hash } = await new KernelRules(family, backend, run).write(wanted)
    if (!same) {
      throw new Error(`the kernel has other ${family} rules than were written`, {
        cause: difference,
      })
    }
    log.info('rules prepared', { family, backend, enabled: wanted?.enabled ?? false, hash })
  }
}

function wantedAtStart(annotation: string | undefined): Interception | null {
  if (annotation === undefined || annotation === '') return null
  return parseInterception(annotation)
}

/** All of 127.0.0.0/8 is a pod's own; of IPv6 only ::1 is, and this one must be made. */
async function addPassThrough(run: RunProgram, log: Logger): Promise<void> {
  try {
    await runIp(run, ['-6', 'addr', 'replace', '::6/128', 'dev', 'lo'])
  } catch (error) {
    log.warn('proxies cannot pass IPv6 on by ::6', { error })
  }
}
