import type { AgentContainerConfig, AgentProbe } from '../../api/agentConfig.ts'

type PrivatePorts = AgentContainerConfig['privatePorts']

/** A probe made concrete for one slot's process. */
export type Check =
  | {
      readonly kind: 'http'
      readonly host: string
      readonly port: number
      readonly path: string
      readonly secure: boolean
      readonly headers: Readonly<Record<string, string>>
    }
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | {
      readonly kind: 'grpc'
      readonly host: string
      readonly port: number
      /** Empty = the server as a whole. */
      readonly service: string
    }
  /** To be run in the container of the slot. */
  | { readonly kind: 'exec'; readonly slot: string; readonly command: readonly string[] }

/** A slot, and which of its two sides: a process that starts beside a draining one takes the other. */
export interface Place {
  readonly slot: string
  readonly side: number
}

/** Where a port of the container's configuration is to be found for one process. */
export function portOfProcess(
  port: number,
  { slot, side }: Place,
  privatePorts: PrivatePorts,
): number {
  const found = privatePorts.find((candidate) => candidate.port === port)
  return (side === 0 ? found?.slots[slot] : found?.spares?.[slot]) ?? port
}

/** Whether a probe reaches one process alone, also while two of them serve. */
export function isPrivate(probe: AgentProbe, privatePorts: PrivatePorts): boolean {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  return privatePorts.some((candidate) => candidate.port === port)
}

/** @param listening addresses of the process, which tell the host when it listens on one alone */
export function checkOf(
  probe: AgentProbe,
  place: Place,
  privatePorts: PrivatePorts,
  listening: readonly string[],
): Check {
  const { httpGet, tcpSocket, grpc, exec } = probe
  if (httpGet !== undefined) {
    const port = portOfProcess(httpGet.port, place, privatePorts)
    return {
      kind: 'http',
      host: hostFor(port, httpGet.host, listening),
      port,
      path: httpGet.path ?? '/',
      secure: httpGet.scheme?.toUpperCase() === 'HTTPS',
      headers: Object.fromEntries(
        (httpGet.httpHeaders ?? []).map((header) => [header.name, header.value]),
      ),
    }
  }
  if (tcpSocket !== undefined) {
    const port = portOfProcess(tcpSocket.port, place, privatePorts)
    return { kind: 'tcp', host: hostFor(port, tcpSocket.host, listening), port }
  }
  if (grpc !== undefined) {
    const port = portOfProcess(grpc.port, place, privatePorts)
    const host = hostFor(port, undefined, listening)
    return { kind: 'grpc', host, port, service: grpc.service ?? '' }
  }
  // The webhook passes no probe on that asks nothing; a program without a name cannot be run.
  return { kind: 'exec', slot: place.slot, command: exec?.command ?? [] }
}

/** The agent shares the pod's network, so loopback reaches all that is bound to any address. */
function hostFor(port: number, host: string | undefined, listening: readonly string[]): string {
  if (host !== undefined && host !== '') return host
  const address = listening.find((candidate) => candidate.endsWith(`:${port}`))
  const bound = address?.slice(0, -`:${port}`.length).replace(/^\[|\]$/g, '') ?? ''
  if (bound === '' || bound === '0.0.0.0') return '127.0.0.1'
  return bound === '::' ? '::1' : bound
}
