import type { Jump, RuleSet, Table } from './ruleSet.ts'

const tables: readonly Table[] = ['raw', 'mangle', 'nat']

/**
 * Input of `iptables-restore --noflush`: one transaction a table, in which our chains are emptied and
 * filled; nobody ever sees them half full. Other chains are not touched.
 * @param missing jumps that the kernel does not have: they are put first
 */
export function restoreText({ chains }: RuleSet, missing: readonly Jump[]): string {
  return tables
    .map((table) => {
      const own = chains.filter((chain) => chain.table === table)
      const jumps = missing.filter((jump) => jump.table === table)
      if (own.length + jumps.length === 0) return ''
      const lines = [
        `*${table}`,
        ...own.map(({ name }) => `:${name} - [0:0]`),
        ...own.flatMap(({ name, rules }) => rules.map((rule) => `-A ${name} ${rule}`)),
        ...jumps.map(({ from, rule }) => `-I ${from} 1 ${rule}`),
        'COMMIT',
      ]
      return `${lines.join('\n')}\n`
    })
    .join('')
}
