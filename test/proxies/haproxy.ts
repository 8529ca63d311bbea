import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { formatTarget } from '../ledger/target.ts'
import { masterReload } from './haproxyReload.ts'
import { packagedProgram } from './packaged.ts'
import type { Proxy, Side, Surroundings } from './proxy.ts'
import { INSTANCES } from './proxy.ts'

const THREADS: Readonly<Record<Side, number>> = { a: 2, b: 3 }

/** HAProxy, a master with a worker, of two releases. */
export function haproxy(): Proxy {
  const programs = { a: packagedProgram('haproxy', 'own'), b: packagedProgram('haproxy', 'other') }
  const title = (side: Side): string =>
    `HAProxy ${programs[side].version}, ${THREADS[side]} threads`
  return {
    name: 'haproxy',
    what: 'master-worker, idle-close-on-response',
    versions: { a: title('a'), b: title('b') },
    without: {},
    drain: ({ directory }) => ({
      haproxy: { socket: join(directory, 'haproxy-$(BATON_INSTANCE).sock') },
    }),
    command: async (side, surroundings) => {
      const file = await writeHaproxy(surroundings, INSTANCES[side], THREADS[side])
      return [programs[side].path, '-W', '-f', file]
    },
    own: masterReload(programs, (surroundings, side, hardStopSeconds) =>
      writeHaproxy(surroundings, 'own', THREADS[side], hardStopSeconds),
    ),
  }
}

/** Writes a configuration and returns its path. */
async function writeHaproxy(
  surroundings: Surroundings,
  instance: string,
  threads: number,
  hardStopSeconds?: number,
): Promise<string> {
  const { directory } = surroundings
  const file = join(directory, `haproxy-${instance}.cfg`)
  const socket = join(directory, `haproxy-${instance}.sock`)
  const bound = hardStopSeconds === undefined ? '' : `hard-stop-after ${hardStopSeconds}s`
  await writeFile(file, configuration(surroundings, socket, threads, bound))
  return file
}

function configuration(
  { ports, upstream }: Surroundings,
  socket: string,
  threads: number,
  bound: string,
): string {
  return `
global
    nbthread ${threads}
    maxconn 8000
    stats socket ${socket} mode 600 level admin expose-fd listeners
    ${bound}

defaults
    timeout connect 5s
    timeout client 120s
    timeout server 120s
    timeout tunnel 600s

# Without idle-close-on-response a worker that is told to leave closes idle connections under the
# client's next request.
frontend http
    mode http
    option idle-close-on-response
    bind 0.0.0.0:${ports.http}
    default_backend origin

backend origin
    mode http
    server origin ${formatTarget(upstream.http)}

frontend http2
    mode http
    option idle-close-on-response
    bind 0.0.0.0:${ports.http2} proto h2
    default_backend origin2

backend origin2
    mode http
    server origin ${formatTarget(upstream.grpc)} proto h2

listen tcp
    mode tcp
    bind 0.0.0.0:${ports.tcp}
    server origin ${formatTarget(upstream.tcp)}

listen dubbo
    mode tcp
    bind 0.0.0.0:${ports.dubbo}
    server origin ${formatTarget(upstream.dubbo)}
`
}
