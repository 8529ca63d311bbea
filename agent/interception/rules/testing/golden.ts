import type { Interception } from '../../../../api/interception/desired.ts'
import { allOf, wanted } from '../../testing/wanted.ts'
import { families } from '../family.ts'
import { restoreText } from '../restore.ts'
import { rules } from '../rules.ts'

/** Wanted states whose rules are kept as text, for people to read and for reviews of changes. */
export const goldenStates: Readonly<Record<string, Interception | null>> = {
  prepared: null,
  off: wanted({ enabled: false }),
  on: wanted(),
  inbound: wanted({ outbound: undefined }),
  outbound: wanted({ inbound: undefined }),
  chosen: wanted({
    inbound: allOf(15_006, {
      excludePorts: [22],
      excludeCIDRs: ['10.9.8.7/16', 'fd00:0:0:1::7/64'],
    }),
    outbound: allOf(15_001, { ports: [443, 80], includeCIDRs: ['10.96.0.0/12', 'fd00::/8'] }),
    excludeUIDs: [1337, 101],
    excludeGIDs: [1337],
  }),
  dns: wanted({ dns: { proxyPort: 15_053 } }),
  transparent: wanted({ mode: 'Tproxy' }),
  'transparent-off': wanted({ mode: 'Tproxy', enabled: false }),
}

/** As baton-iptables writes them into a pod that has none. */
export function renderGolden(state: Interception | null): string {
  return families
    .map((family) => {
      const set = rules(state, family)
      return `# ${family}\n${restoreText(set, set.jumps)}`
    })
    .join('\n')
}

export function goldenFile(name: string): URL {
  return new URL(`../golden/${name}.rules`, import.meta.url)
}
