/**
 * Counters of a network namespace that tell of connections lost where no client record can: in
 * the kernel's queues. None of them may rise in a lossless hand-over.
 */
export const kernelCounterNames = [
  /** SYNs or final ACKs dropped at a listener, whatever the reason. */
  'ListenDrops',
  /** Of these, because the accept queue was full. */
  'ListenOverflows',
  /** Established connections that ended with a reset. */
  'EstabResets',
  /** Resets sent. */
  'OutRsts',
  /** Connections that failed before they were established. */
  'AttemptFails',
  /** SYN queue full. */
  'TCPReqQFullDrop',
  /** Closed with unread data, which resets. */
  'TCPAbortOnClose',
  /** Data came for a socket that was closed already. */
  'TCPAbortOnData',
  'TCPAbortOnTimeout',
  'TCPAbortOnMemory',
  /** Queued connections moved to another listener of the REUSEPORT group (Linux 5.14). */
  'TCPMigrateReqSuccess',
  'TCPMigrateReqFailure',
] as const

export type KernelCounterName = (typeof kernelCounterNames)[number]

/** A counter that the kernel does not have is absent, not 0. */
export type KernelCounters = Readonly<Partial<Record<KernelCounterName, number>>>

export type ReadFile = (path: string) => Promise<string>

/**
 * Reads the counters of the network namespace of process `pid`: any process of a pod stands for
 * its namespace. Rejects when `/proc/<pid>/net` cannot be read.
 *
 * ```ts
 * const before = await readKernelCounters((path) => readFile(path, 'utf8'), pid)
 * ```
 */
export async function readKernelCounters(
  readFile: ReadFile,
  pid: number | 'self' = 'self',
): Promise<KernelCounters> {
  const directory = `/proc/${pid}/net`
  const [netstat, snmp] = await Promise.all([
    readFile(`${directory}/netstat`),
    readFile(`${directory}/snmp`),
  ])
  return parseKernelCounters(netstat, snmp)
}

/** Parses the text of `/proc/net/netstat` and `/proc/net/snmp`. */
export function parseKernelCounters(netstat: string, snmp: string): KernelCounters {
  const all = new Map([...parseTable(netstat, 'TcpExt'), ...parseTable(snmp, 'Tcp')])
  const counters: Partial<Record<KernelCounterName, number>> = {}
  for (const name of kernelCounterNames) {
    const value = all.get(name)
    if (value !== undefined) counters[name] = value
  }
  return counters
}

/** What rose between two readings of one namespace; counters that one of them lacks are absent. */
export function diff(before: KernelCounters, after: KernelCounters): KernelCounters {
  const delta: Partial<Record<KernelCounterName, number>> = {}
  for (const name of kernelCounterNames) {
    const from = before[name]
    const to = after[name]
    if (from !== undefined && to !== undefined) delta[name] = to - from
  }
  return delta
}

/** These files have pairs of lines: `Tcp: name name …`, then `Tcp: 1 2 …`. */
function parseTable(text: string, table: string): ReadonlyMap<string, number> {
  const rows = text.split('\n').filter((line) => line.startsWith(`${table}: `))
  const [names = [], values = []] = rows.map((row) => row.trim().split(' ').slice(1))
  return new Map(names.map((name, index) => [name, Number(values[index])]))
}
