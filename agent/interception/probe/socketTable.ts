/**
 * Whether /proc/net/tcp or tcp6 shows that a connection from `clientPort` was accepted at `port`: a
 * socket that waits in a listener's queue has no inode yet. undefined = no such connection is there.
 */
export function isAccepted(table: string, port: number, clientPort: number): boolean | undefined {
  const local = `:${hex(port)}`
  const remote = `:${hex(clientPort)}`
  for (const line of table.split('\n')) {
    const fields = line.trim().split(/\s+/)
    if (fields[1]?.endsWith(local) !== true || fields[2]?.endsWith(remote) !== true) continue
    return fields[9] !== '0'
  }
  return undefined
}

function hex(port: number): string {
  return port.toString(16).toUpperCase().padStart(4, '0')
}
