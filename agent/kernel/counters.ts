import { readFileSync } from 'node:fs'
import type { Counters } from '../handover/record.ts'

/** Counters of the pod's network namespace that rise when a handover loses a connection. */
const wanted: Readonly<Record<string, readonly string[]>> = {
  TcpExt: [
    'ListenDrops',
    'ListenOverflows',
    'TCPAbortOnClose',
    'TCPAbortOnData',
    'TCPAbortOnTimeout',
  ],
  Tcp: ['EstabResets'],
}

/**
 * Parses /proc/net/netstat and /proc/net/snmp: pairs of lines with one prefix, names then values
 * (proc_net(5)). Names that the kernel does not know are left out.
 */
export function parseCounters(text: string): Counters {
  const found: Record<string, number> = {}
  const lines = text.split('\n')
  for (let index = 0; index + 1 < lines.length; index += 1) {
    const names = (lines[index] ?? '').split(' ')
    const values = (lines[index + 1] ?? '').split(' ')
    const prefix = names[0]
    if (prefix === undefined || prefix === '' || prefix !== values[0]) continue
    for (const name of wanted[prefix.replace(':', '')] ?? []) {
      const value = Number(values[names.indexOf(name)])
      if (names.includes(name) && Number.isFinite(value)) found[name] = value
    }
    index += 1
  }
  return found
}

/** Empty where /proc does not show them: they are part of a report, nothing depends on them. */
export function readCounters(directory = '/proc/net'): Counters {
  try {
    const files = ['netstat', 'snmp'].map((name) => readFileSync(`${directory}/${name}`, 'utf8'))
    return parseCounters(files.join(''))
  } catch {
    return {}
  }
}
