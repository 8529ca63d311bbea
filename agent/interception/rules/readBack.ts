import { createHash } from 'node:crypto'
import type { Chain, Jump, RuleSet, Table } from './ruleSet.ts'
import { PREFIX } from './ruleSet.ts'

/** Our part of what `iptables-save` printed; what is not ours is left out. */
export function readRules(text: string): RuleSet {
  const chains: { table: Table; name: string; rules: string[] }[] = []
  const jumps: Jump[] = []
  let table: Table | null = null
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) table = tableOf(line.slice(1))
    if (table === null) continue
    if (line.startsWith(`:${PREFIX}`)) {
      chains.push({ table, name: line.slice(1).split(' ')[0] ?? '', rules: [] })
    }
    const [, name = '', rule = ''] = /^-A (\S+) (.*)$/.exec(line) ?? []
    const own = chains.find((chain) => chain.table === table && chain.name === name)
    if (own !== undefined) own.rules.push(rule.trim())
    else if ((name === 'PREROUTING' || name === 'OUTPUT') && rule.includes(`-j ${PREFIX}`)) {
      jumps.push({ table, from: name, rule: rule.trim() })
    }
  }
  return { chains, jumps }
}

function tableOf(name: string): Table | null {
  return name === 'nat' || name === 'mangle' || name === 'raw' ? name : null
}

/** What the kernel lacks, or has and should not. Chains that are not wanted are no difference. */
export interface Difference {
  /** Chains whose rules are others than wanted, or that are not there. */
  readonly chains: readonly string[]
  readonly jumps: readonly Jump[]
}

export function difference(wanted: RuleSet, found: RuleSet): Difference {
  return {
    chains: wanted.chains
      .filter((chain) => !sameChain(chain, found.chains))
      .map(({ table, name }) => `${table} ${name}`),
    jumps: wanted.jumps.filter(
      ({ table, from, rule }) =>
        !found.jumps.some(
          (jump) => jump.table === table && jump.from === from && jump.rule === rule,
        ),
    ),
  }
}

export function isSame({ chains, jumps }: Difference): boolean {
  return chains.length === 0 && jumps.length === 0
}

function sameChain(wanted: Chain, found: readonly Chain[]): boolean {
  const other = found.find(({ table, name }) => table === wanted.table && name === wanted.name)
  return (
    other?.rules.length === wanted.rules.length &&
    wanted.rules.every((rule, index) => rule === other.rules[index])
  )
}

/** Ten hexadecimal digits; equal for equal rules. */
export function rulesHash({ chains, jumps }: RuleSet): string {
  const lines = [
    ...chains.flatMap(({ table, name, rules }) => rules.map((rule) => `${table} ${name} ${rule}`)),
    ...jumps.map(({ table, from, rule }) => `${table} ${from} ${rule}`),
  ]
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 10)
}
