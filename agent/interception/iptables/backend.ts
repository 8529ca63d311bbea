import { existsSync } from 'node:fs'
import type { Family } from '../rules/family.ts'
import { families } from '../rules/family.ts'
import { readRules } from '../rules/readBack.ts'
import { chainNames } from '../rules/ruleSet.ts'
import type { RunProgram } from './program.ts'

/** iptables exists twice, and each does not see the rules of the other. */
export const backends = ['nft', 'legacy'] as const
export type Backend = (typeof backends)[number]

/** Both are one program that is told what to be. */
export function programOf(backend: Backend): string {
  return `/usr/sbin/xtables-${backend}-multi`
}

export function applet(family: Family, what: 'save' | 'restore'): string {
  return `${family === 'v4' ? 'iptables' : 'ip6tables'}-${what}`
}

/** Families that the network of this pod has. */
export function presentFamilies(): readonly Family[] {
  return families.filter((family) => family === 'v4' || existsSync('/proc/net/if_inet6'))
}

/** Which one has our chains; null = none has, so nothing was prepared. */
export async function preparedBackend(run: RunProgram): Promise<Backend | null> {
  for (const backend of backends) {
    const text = await saved(run, backend)
    if (text === null) continue
    if (readRules(text).chains.some(({ name }) => name === chainNames.anchor)) return backend
  }
  return null
}

/**
 * Which one to prepare: that of rules which somebody else has made already, since a packet would
 * meet the rules of both in an order that nobody chose; else the newer one, if the kernel has it.
 */
export async function backendToPrepare(run: RunProgram): Promise<Backend> {
  const prepared = await preparedBackend(run)
  if (prepared !== null) return prepared
  const legacy = await saved(run, 'legacy')
  if (legacy !== null && /^-A /m.test(legacy)) return 'legacy'
  const nft = await run(programOf('nft'), [applet('v4', 'restore'), '--noflush'], PROBE)
  return nft.code === 0 ? 'nft' : 'legacy'
}

/** Makes the table and nothing in it. */
const PROBE = '*nat\nCOMMIT\n'

async function saved(run: RunProgram, backend: Backend): Promise<string | null> {
  const { code, stdout } = await run(programOf(backend), [applet('v4', 'save')])
  return code === 0 ? stdout : null
}
