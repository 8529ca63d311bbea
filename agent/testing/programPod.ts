import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { freePorts } from '../../launcher/testing/ports.ts'
import { until } from '../../launcher/testing/until.ts'
import type { HeldResponse } from './heldResponse.ts'
import { holdResponse } from './heldResponse.ts'
import type { HotPodOptions } from './hotPod.ts'
import { HotPod } from './hotPod.ts'

const program = join(import.meta.dirname, 'programs', 'proxy.ts')

/** A pod whose proxies are small Node programs that drain on SIGTERM. */
export interface ProgramPod {
  readonly pod: HotPod
  readonly ports: readonly number[]
  /** Command of a version that listens on all ports, or on those given ("udp:53"), after a delay. */
  readonly command: (
    version: string,
    ports?: readonly (number | string)[],
    delayMs?: number,
  ) => readonly string[]
  /** Version that answers a new connection, and its status. */
  readonly ask: (path?: string) => Promise<string>
  /** A response of the first port that is in flight until the test ends it. */
  readonly hold: () => Promise<HeldResponse>
  /** Opens a connection and asks for a response that never ends. */
  readonly keepConnection: () => KeptConnection
  end(): Promise<void>
}

export interface KeptConnection {
  /** Fulfilled with the head of the response when that has begun. */
  readonly opened: Promise<string>
  /** Fulfilled when the peer has ended it. */
  readonly ended: Promise<void>
  close(): void
}

function keepConnection(port: number): KeptConnection {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.write('GET /hang HTTP/1.1\r\nhost: kept\r\n\r\n')
  const opened = once(socket, 'data').then(([head]) => String(head))
  const ended = once(socket, 'close').then(() => undefined)
  return { opened, ended, close: () => socket.destroy() }
}

export interface ProgramPodOptions extends Partial<Omit<HotPodOptions, 'command'>> {
  /** Ports that only the first version listens on, such as a private one. */
  readonly first?: readonly number[]
  /** Probes of the first port. */
  readonly probesOf?: (port: number) => NonNullable<HotPodOptions['probes']>
}

/** Creates it with `v1` in both slots, and waits until the first one serves. */
export async function programPod(options: ProgramPodOptions = {}): Promise<ProgramPod> {
  const ports = await freePorts(2)
  const command: ProgramPod['command'] = (version, own = ports, delayMs = 0) => [
    process.execPath,
    program,
    version,
    String(delayMs),
    ...own.map(String),
  ]
  const pod = await HotPod.create({
    ...options,
    ...(options.probesOf !== undefined && { probes: options.probesOf(ports[0] ?? 0) }),
    command: command('v1', [...ports, ...(options.first ?? [])]),
  })
  try {
    await pod.order('initial', 'proxy-1')
    await pod.reaches('initial', 'Settled')
    // Without a probe the first listener is all that a first start can be asked for.
    const expected =
      ports.length + (options.first ?? []).length - (options.privatePorts ?? []).length
    await until('it listens on all its ports', async () => {
      const { slots } = await pod.container()
      return slots['proxy-1']?.listening.length === expected
    })
  } catch (error) {
    await pod.end()
    throw error
  }
  return {
    pod,
    ports,
    command,
    ask: async (path = '/') => {
      const response = await fetch(`http://127.0.0.1:${ports[0] ?? 0}${path}`, {
        // A connection of its own: who answers a kept one says nothing of who accepts.
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(10_000),
      })
      await response.text()
      return response.headers.get('x-version') ?? `status ${response.status}`
    },
    hold: () => holdResponse(ports[0] ?? 0),
    keepConnection: () => keepConnection(ports[0] ?? 0),
    end: () => pod.end(),
  }
}
