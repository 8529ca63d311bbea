import type { Cost, WayLatency } from './costs.ts'
import type { Direction, Order, Result } from './order.ts'
import type { Outage } from './outage.ts'
import type { WaysRow } from './ways.ts'

export interface Row {
  readonly name: string
  readonly kind: 'baton' | 'control'
  readonly order: Omit<Order, 'outside'>
  readonly result: Result
}

/** Figures of a paired comparison: the same clients, with and without what is compared. */
export interface Pair {
  readonly name: string
  readonly rounds: number
  /** Milliseconds. */
  readonly medianWithout: number
  readonly medianWith: number
}

/** The page that the benchmark writes. */
export function formatPage(
  rows: readonly Row[],
  pairs: readonly Pair[],
  costs: readonly WaysRow[],
  outages: readonly Outage[],
  machine: string,
): string {
  return `${HEAD}
## Requests

${table(
  ['run', 'changes of rules', 'sent', 'lost', 'how', 'seconds'],
  rows.map(({ name, result }) => [
    name,
    String(result.times),
    String(sum(result, 'sent')),
    String(sum(result, 'lost')),
    causes(result),
    String(result.seconds),
  ]),
)}

By kind of client, both directions together, sent / lost:

${table(
  ['run', ...KINDS],
  rows.map(({ name, result }) => [name, ...KINDS.map((kind) => kindCell(result, kind))]),
)}

## What a toggle takes

${table(
  ['run', 'median', 'p90', 'longest', 'CPU of the agent and iptables'],
  rows.flatMap(({ name, kind, result }) => (kind === 'baton' ? [[name, ...times(result)]] : [])),
)}

A toggle counts from the annotation being read to rules that were read back and a probe that was seen, without hooks and with a timer of 0 s.

## When the proxy fails

New connections, in and out, ${OUTAGE_LOAD}. Crash: every process that a launcher starts is killed at once. Hang: all processes are stopped, and the kernel accepts for them. Readiness is the agent's, on which the pod's depends.

${formatOutages(outages)}

## What interception costs while it is on

The same client asks the same server by all ways in turn, one request after the other: directly; through the proxy, by speaking to the proxy's own port; intercepted, on the way to the server. Which way a connection goes follows from its addresses, so the rules stay as they are. p50 / p99 in milliseconds; ${costs[0]?.costs.rounds ?? 0} rounds. New: a connection for each request, whose opening counts; kept: one for 200.

${formatCosts(costs)}

Medians of the differences within a round in microseconds, with their 95 % confidence intervals. Noise: the proxy's way taken twice in each round; what is of that size is nothing.

${formatDifferences(costs)}

What is left is the kernel's translation of addresses, packet by packet: a REDIRECT to a server that is no proxy costs as much ([figures](adr/0010-interception-moves-connections-not-packets.md)).

## What interception costs while it is off

Clients outside of a pod that is prepared, and of the same pod without any rule. Medians of rounds in turn.

${table(
  ['client', 'rounds', 'prepared', 'no rules at all', 'difference'],
  pairs.map(({ name, rounds, medianWith, medianWithout }) => [
    name,
    String(rounds),
    `${medianWith.toFixed(3)} ms`,
    `${medianWithout.toFixed(3)} ms`,
    `${(medianWith - medianWithout).toFixed(3)} ms`,
  ]),
)}

Measured on ${machine}.
`
}

const OUTAGE_LOAD = '80 a second, whose clients wait for 1 s'

const HEAD = `# Interception switched under load

Written by \`npm run bench:interception\`. Real Envoys in slots of real launchers, a real agent with NET_ADMIN, in a network namespace as a pod has one, joined by veth with another that stands for the rest of the cluster. Clients outside call the app, the app calls servers outside, over IPv4 and IPv6, all at once: new connections, keep-alive without and with gaps, raw TCP streams that never end and some of 3 s. A request that is not answered in full is lost, whatever the reason; nothing is repeated.

The controls change the same rules under the same load and leave out one thing each: one transaction (the rules are flushed and added in two), the anchor (everything is removed when it goes off, as clean-up scripts do), the match of opening packets. "Only by the proxy" are new connections to a port that nobody but the proxy answers: one that goes by it is refused.
`

function formatOutages(rows: readonly Outage[]): string {
  const cell = ({ ok, lost }: Outage['first']): string => `${ok + lost} / ${lost}`
  return table(
    [
      ...['proxy', 'onProxyFailure', 'rules off after', 'until then, sent / lost'],
      ...['while it fails on', 'readiness', 'when it serves again'],
    ],
    rows.map(({ failure, policy, rulesOffAfterMs, first, then, readiness, after }) => [
      failure,
      policy,
      rulesOffAfterMs === null ? 'they stay' : `${(rulesOffAfterMs / 1000).toFixed(1)} s`,
      ...[cell(first), cell(then), String(readiness), cell(after)],
    ]),
  )
}

/** Latencies of each way as a table. */
export function formatCosts(rows: readonly WaysRow[]): string {
  const cell = ({ p50, p99 }: WayLatency): string => `${p50.toFixed(3)} / ${p99.toFixed(3)}`
  return table(
    ['connections', 'directly', 'through the proxy', 'intercepted'],
    rows.map((row) => {
      const { direct, proxy, intercepted } = row.costs.latencyMs
      return [wayName(row), cell(direct), cell(proxy), cell(intercepted)]
    }),
  )
}

/** What each costs beyond the other as a table. */
export function formatDifferences(rows: readonly WaysRow[]): string {
  const cell = ({ median, from, to }: Cost): string =>
    `${whole(median)} (${whole(from)} to ${whole(to)})`
  return table(
    ['connections', 'the proxy', 'interception beyond the proxy', 'noise'],
    rows.map((row) => {
      const { proxyUs, interceptionUs, noiseUs } = row.costs
      return [wayName(row), cell(proxyUs), cell(interceptionUs), cell(noiseUs)]
    }),
  )
}

/** Never -0. */
function whole(value: number): string {
  return String(Math.round(value) + 0)
}

function wayName({ direction, family, client }: WaysRow): string {
  return `${direction}, IP${family}, ${client}`
}

const KINDS = ['short', 'keepalive', 'keepalive-idle', 'tcp', 'only by the proxy'] as const

function directions({ inbound, outbound, onlyByProxy }: Result): readonly Direction[] {
  return [inbound, outbound, ...(onlyByProxy === null ? [] : [onlyByProxy])]
}

function sum(result: Result, field: 'sent' | 'lost'): number {
  return directions(result).reduce((total, one) => total + one[field], 0)
}

function causes(result: Result): string {
  const counts = new Map<string, number>()
  for (const { lostByCause } of directions(result)) {
    for (const [cause, count] of Object.entries(lostByCause)) {
      counts.set(cause, (counts.get(cause) ?? 0) + count)
    }
  }
  return [...counts].map(([cause, count]) => `${count} ${cause}`).join(', ')
}

function kindCell(result: Result, kind: string): string {
  const { inbound, outbound, onlyByProxy } = result
  if (kind === 'only by the proxy') {
    return onlyByProxy === null ? '' : `${onlyByProxy.sent} / ${onlyByProxy.lost}`
  }
  const rows = [inbound.kinds[kind], outbound.kinds[kind]].filter((row) => row !== undefined)
  const total = (field: 'sent' | 'lost') => rows.reduce((all, row) => all + row[field], 0)
  return `${total('sent')} / ${total('lost')}`
}

function times({ toggleSeconds, cpuMsPerToggle }: Result): readonly string[] {
  const sorted = toggleSeconds.toSorted((left, right) => left - right)
  const at = (share: number): string => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0
    return `${value.toFixed(2)} s`
  }
  const cpu = cpuMsPerToggle === null ? '' : `${cpuMsPerToggle.toFixed(0)} ms`
  return [at(0.5), at(0.9), at(1), cpu]
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}
