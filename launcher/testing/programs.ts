import { join } from 'node:path'

const directory = join(import.meta.dirname, 'programs')

/**
 * Command of an HTTP server in Node that answers with its version, ends gracefully on SIGTERM and
 * listens on each of `addresses` ("0.0.0.0:80", ":::81"; "udp/0.0.0.0:53" for a UDP socket).
 */
export function httpServer(version: string, addresses: readonly string[]): readonly string[] {
  return [process.execPath, join(directory, 'httpServer.ts'), version, ...addresses]
}

/** Command of a threaded server in Python whose bind(2) is called by a thread. */
export function threadedServer(version: string, host: string, port: number): readonly string[] {
  return ['/usr/bin/python3', join(directory, 'threadedServer.py'), version, host, String(port)]
}
