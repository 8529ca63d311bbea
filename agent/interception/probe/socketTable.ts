import { readFile } from 'node:fs/promises'

/** Connections that came to a port, by the client's port in hex; true = somebody has accepted it. */
export type Arrivals = ReadonlyMap<string, boolean>

/** A row of /proc/net/tcp that shows an open connection. */
const ESTABLISHED = '01'

/**
 * What /proc/net/tcp or tcp6 shows of connections to a port of this network: a socket that waits in a
 * listener's queue has no inode yet.
 */
export function arrivalsAt(tables: readonly string[], port: number): Arrivals {
  const local = `:${hex(port)}`
  const arrivals = new Map<string, boolean>()
  for (const table of tables) {
    // The port stands in few rows of many: the others are not taken apart.
    for (const line of table.split('\n')) {
      if (!line.includes(local)) continue
      const fields = line.trim().split(/\s+/)
      const [, address = '', client = '', state] = fields
      if (!address.endsWith(local) || state !== ESTABLISHED) continue
      arrivals.set(client.slice(client.lastIndexOf(':') + 1), fields[9] !== '0')
    }
  }
  return arrivals
}

/** Whether the connection of a client was accepted; undefined = no such connection is there. */
export function isAccepted(arrivals: Arrivals, clientPort: number): boolean | undefined {
  return arrivals.get(hex(clientPort))
}

/** Somebody has accepted since what waited before: a queue that is long, and read. */
export function isTaking(before: Arrivals, now: Arrivals): boolean {
  return [...before].some(([client, accepted]) => !accepted && now.get(client) === true)
}

/** The kernel's tables of TCP sockets, of both families; empty where there is none. */
export function readSocketTables(): Promise<readonly string[]> {
  const files = ['/proc/net/tcp', '/proc/net/tcp6']
  return Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')))
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
