import type { InterceptedSide, Interception } from '../../../api/interception/desired.ts'
import type { Family } from './family.ts'
import { parseCidr } from './cidr.ts'

/**
 * Only the packet that opens a connection. Conntrack takes a packet from the middle of one it does
 * not know for a new one, and REDIRECT would then break it.
 */
export const OPENING = '-p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN'

/** Most that the match `multiport` takes. */
const MOST_PORTS = 15

/** Matches of these ports, none when there are no ports, one without condition for all. */
export function portMatches(ports: readonly number[] | '*'): readonly string[] {
  if (ports === '*') return ['-p tcp']
  const sorted = [...new Set(ports)].sort((left, right) => left - right)
  const chunks = Array.from({ length: Math.ceil(sorted.length / MOST_PORTS) }, (_, index) =>
    sorted.slice(index * MOST_PORTS, (index + 1) * MOST_PORTS),
  )
  return chunks.map((chunk) => `-p tcp -m multiport --dports ${chunk.join(',')}`)
}

/** Ranges of one family as iptables prints them; the empty text is "any". */
export function rangesOf(cidrs: readonly string[], family: Family): readonly string[] {
  const found = cidrs.map(parseCidr).filter((cidr) => cidr.family === family)
  const texts = [...new Set(found.map(({ text }) => text))]
  return texts.includes('any') ? [''] : texts
}

/** What of a side is left alone, then what of it goes to `target`. */
export function sideRules(
  side: InterceptedSide,
  family: Family,
  direction: 'inbound' | 'outbound',
  target: string,
): readonly string[] {
  const flag = direction === 'inbound' ? '-s' : '-d'
  const ranged = (range: string, rest: string): string =>
    range === '' ? rest : `${flag} ${range} ${rest}`
  const included = side.includeCIDRs.length === 0 ? [''] : rangesOf(side.includeCIDRs, family)
  return [
    ...portMatches(side.excludePorts).map((match) => `${match} -j RETURN`),
    ...rangesOf(side.excludeCIDRs, family).map((range) => ranged(range, '-p tcp -j RETURN')),
    ...included.flatMap((range) =>
      portMatches(side.ports).map((match) => ranged(range, `${match} -j ${target}`)),
    ),
  ]
}

/** Matches of the traffic of the proxy itself: by user, by group. */
export function ownerMatches({ excludeUIDs, excludeGIDs }: Interception): readonly string[] {
  return [
    ...[...new Set(excludeUIDs)].map((uid) => `-m owner --uid-owner ${uid}`),
    ...[...new Set(excludeGIDs)].map((gid) => `-m owner --gid-owner ${gid}`),
  ]
}
