import { AGENT_PORT } from '../../../api/group.ts'
import type { Interception, InterceptedSide } from '../../../api/interception/desired.ts'
import { INTERCEPTING_GROUP } from '../../../api/interception/desired.ts'
import { DNS_ZONES, PROBE_PORTS, TRANSPARENT_MARK } from './constants.ts'
import type { Family } from './family.ts'
import { familyFacts } from './family.ts'
import { OPENING, ownerMatches, sideRules } from './match.ts'
import type { Chain, Jump, RuleSet, Table } from './ruleSet.ts'
import { chainNames } from './ruleSet.ts'

/**
 * The rules of a pod in a wanted state; with `enabled` false, or null, the same chains without what
 * redirects. Pure. Errors: a range of addresses that is none.
 *
 * Packets meet the table nat only when they open a connection, so a toggle never moves one that
 * exists, provided that conntrack has known it from its start: that is what the anchor is for. It is
 * in a chain that nobody jumps to, and costs nothing.
 * @param found what the kernel has
 * @param bypassed only the agent's probes go to the proxy, so that it sees when the proxy serves again
 */
export function rules(
  wanted: Interception | null,
  family: Family,
  found: RuleSet = NOTHING,
  bypassed = false,
): RuleSet {
  const terms = wanted?.enabled === true ? wanted : null
  const on = bypassed ? null : terms
  const transparent = wanted?.mode === 'Tproxy'
  // Of another mode before: its connections go on, new ones come another way.
  const wasTransparent = found.chains.some(({ name }) => name === chainNames.transparent)
  const nat = (name: string, list: readonly string[]): Chain => chain('nat', name, list)
  return {
    chains: [
      nat(chainNames.anchor, ['-m conntrack --ctstate NEW -j RETURN']),
      nat(chainNames.toInbound, redirect(terms?.inbound)),
      nat(chainNames.toOutbound, redirect(terms?.outbound)),
      nat(chainNames.self, inbound(on, family, chainNames.toInbound)),
      nat(chainNames.inbound, transparent ? [] : inbound(on, family, chainNames.toInbound)),
      nat(chainNames.output, terms === null ? [] : output(terms, family, bypassed)),
      ...(transparent || wasTransparent ? marked(transparent ? on : null, family) : []),
      ...(wanted?.dns === undefined ? [] : dnsZones(wanted, wanted.dns.proxyPort)),
    ],
    jumps: [
      jump('nat', 'PREROUTING', `-p tcp -j ${chainNames.inbound}`),
      jump('nat', 'OUTPUT', `-j ${chainNames.output}`),
      ...(transparent || wasTransparent
        ? [
            jump('mangle', 'PREROUTING', `-p tcp -j ${chainNames.transparent}`),
            jump('mangle', 'OUTPUT', `-p tcp -j ${chainNames.marks}`),
          ]
        : []),
      ...(wanted?.dns === undefined
        ? []
        : [
            jump('raw', 'PREROUTING', `-p udp -j ${chainNames.dnsIn}`),
            jump('raw', 'OUTPUT', `-p udp -j ${chainNames.dnsOut}`),
          ]),
    ],
  }
}

const NOTHING: RuleSet = { chains: [], jumps: [] }

function chain(table: Table, name: string, list: readonly string[]): Chain {
  return { table, name, rules: list }
}

function jump(table: Table, from: Jump['from'], rule: string): Jump {
  return { table, from, rule }
}

function redirect(side: InterceptedSide | undefined): readonly string[] {
  return side === undefined ? [] : [`${OPENING} -j REDIRECT --to-ports ${side.proxyPort}`]
}

/** The agent is asked by the kubelet and the operator, whatever the proxy does. */
const AGENT_IS_LEFT_ALONE = `-p tcp -m multiport --dports ${AGENT_PORT} -j RETURN`

function inbound(on: Interception | null, family: Family, target: string): readonly string[] {
  if (on?.inbound === undefined) return []
  return [AGENT_IS_LEFT_ALONE, ...sideRules(on.inbound, family, 'inbound', target)]
}

/** Everything that a process of the pod sends to open a connection, and its DNS queries. */
function output(on: Interception, family: Family, bypassed: boolean): readonly string[] {
  const { loopback, passThrough } = familyFacts[family]
  const owners = ownerMatches(on)
  if (bypassed) return probe(on, loopback)
  return [
    ...probe(on, loopback),
    `-s ${passThrough} -o lo -j RETURN`,
    // A proxy that speaks to the app with the client's address: else it would come back to itself.
    ...(on.mode === 'Tproxy' ? [`-o lo -p tcp -m mark --mark ${TRANSPARENT_MARK} -j RETURN`] : []),
    // The app called its own service: what the proxy sends to this pod comes in like a stranger's.
    ...(on.inbound === undefined
      ? []
      : owners.map((owner) => `! -d ${loopback} -o lo -p tcp ${owner} -j ${chainNames.self}`)),
    ...owners.map((owner) => `${owner} -j RETURN`),
    // Between containers of the pod, by loopback or by its own address.
    '-o lo -j RETURN',
    ...dnsRedirects(on),
    ...(on.outbound === undefined
      ? []
      : sideRules(on.outbound, family, 'outbound', chainNames.toOutbound)),
  ]
}

function probe(on: Interception, loopback: string): readonly string[] {
  const rule = (port: number, target: string): string =>
    `-d ${loopback} -p tcp -m tcp --dport ${port} -m owner --gid-owner ${INTERCEPTING_GROUP} -j ${target}`
  return [
    ...(on.inbound === undefined ? [] : [rule(PROBE_PORTS.inbound, chainNames.toInbound)]),
    ...(on.outbound === undefined ? [] : [rule(PROBE_PORTS.outbound, chainNames.toOutbound)]),
  ]
}

function dnsRedirects({ dns }: Interception): readonly string[] {
  if (dns === undefined) return []
  const target = `-j REDIRECT --to-ports ${dns.proxyPort}`
  return [
    `-p udp -m udp --dport 53 ${target}`,
    `-p tcp -m tcp --dport 53 --tcp-flags FIN,SYN,RST,ACK SYN ${target}`,
  ]
}

/**
 * A query of the proxy may come from a port that the app's redirected one had a moment ago, and
 * conntrack would send it back to the proxy: so they are in zones of their own. They stay when
 * interception goes off, for the answers to queries on their way.
 */
function dnsZones(wanted: Interception, proxyPort: number): readonly Chain[] {
  const { proxy, app } = DNS_ZONES
  const owners = ownerMatches(wanted)
  return [
    chain('raw', chainNames.dnsOut, [
      ...owners.flatMap((owner) => [
        `-p udp -m udp --dport 53 ${owner} -j CT --zone ${proxy}`,
        `-p udp -m udp --sport ${proxyPort} ${owner} -j CT --zone ${app}`,
      ]),
      `-p udp -m udp --dport 53 -j CT --zone ${app}`,
    ]),
    chain('raw', chainNames.dnsIn, [`-p udp -m udp --sport 53 -j CT --zone ${proxy}`]),
  ]
}

/**
 * The client's address and the app's stay as they are. Only the packet that opens a connection is
 * given to the proxy's transparent listener; the rest find the proxy's socket by themselves, since it
 * has the address that the client asked for. So connections stay where they are here too.
 * The marks bring the app's answers back to a proxy that spoke to it with the client's address; they
 * stay when interception goes off, for the connections that the proxy still has.
 */
function marked(on: Interception | null, family: Family): readonly Chain[] {
  const mark = TRANSPARENT_MARK
  const target = `TPROXY --on-port ${on?.inbound?.proxyPort ?? 0} --on-ip ${familyFacts[family].any} --tproxy-mark 0x0/0x0`
  const opened = on?.inbound === undefined ? [] : [`${OPENING} -j ${target}`]
  return [
    chain('mangle', chainNames.toInbound, opened),
    chain('mangle', chainNames.transparent, [
      `-p tcp -m mark --mark ${mark} -j CONNMARK --save-mark --nfmask 0xffffffff --ctmask 0xffffffff`,
      '-i lo -j RETURN',
      ...inbound(on, family, chainNames.toInbound),
    ]),
    chain('mangle', chainNames.marks, [
      `-p tcp -m connmark --mark ${mark} -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff`,
    ]),
  ]
}
