import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'

const directory = join(import.meta.dirname, 'programs')

/**
 * Command of an HTTP server in Node that answers with its version, ends gracefully on SIGTERM and
 * listens on each of `addresses` ("0.0.0.0:80", ":::81"; "udp/0.0.0.0:53" for a UDP socket, which
 * answers with the version too, "udp+reuseport/0.0.0.0:53" for one with SO_REUSEPORT).
 */
export function httpServer(version: string, addresses: readonly string[]): readonly string[] {
  return [process.execPath, join(directory, 'httpServer.ts'), version, ...addresses]
}

/** Command of a threaded server in Python whose bind(2) is called by a thread. */
export function threadedServer(version: string, host: string, port: number): readonly string[] {
  return ['/usr/bin/python3', join(directory, 'threadedServer.py'), version, host, String(port)]
}

/** What SIGTERM does to an {@link echoServer}; testing/programs/echoServer.ts tells. */
export type EchoEnd = 'exit' | 'default' | 'drain' | 'close' | 'ignore'

/** Command of a TCP server in Node that gives back what comes on each of `addresses`. */
export function echoServer(end: EchoEnd, addresses: readonly string[]): readonly string[] {
  return [process.execPath, join(directory, 'echoServer.ts'), end, ...addresses]
}

/** Command of a TCP server in Python whose `workers` forked processes do the accepting. */
export function forkingServer(workers: number, host: string, port: number): readonly string[] {
  const script = join(directory, 'forkingServer.py')
  return ['/usr/bin/python3', script, String(workers), host, String(port)]
}

/** Compiles a TCP server that gives back what comes and needs no other file: `outFile PORT`. */
export async function staticEcho(outFile: string): Promise<void> {
  const source = join(directory, 'echo.c')
  const headers = ['-idirafter', '/usr/include', '-idirafter', `/usr/include/${gnuMachine()}`]
  const words = ['-Os', '-static', '-Wall', '-Wextra', '-Werror', '-o', outFile, source]
  await promisify(execFile)('musl-gcc', [...words, ...headers])
}

const gnuMachine = (): string =>
  process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu'

/** Command of a server in Python that does not call listen(2) when its socket listens already. */
export function askingServer(version: string, host: string, port: number): readonly string[] {
  return ['/usr/bin/python3', join(directory, 'askingServer.py'), version, host, String(port)]
}
