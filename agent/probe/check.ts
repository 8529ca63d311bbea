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
  /** It cannot be carried out from another container; `why` is a sentence. */
  | { readonly kind: 'impossible'; readonly why: string }

/** Where a port of the container's configuration is to be found for one slot. */
export function portOfSlot(port: number, slot: string, privatePorts: PrivatePorts): number {
  return privatePorts.find((candidate) => candidate.port === port)?.slots[slot] ?? port
}

/** Whether a probe reaches one process alone, also while two of them serve. */
export function isPrivate(probe: AgentProbe, privatePorts: PrivatePorts): boolean {
  const port = probe.httpGet?.port ?? probe.tcpSocket?.port ?? probe.grpc?.port
  return privatePorts.some((candidate) => candidate.port === port)
}

/** @param listening addresses of the process, which tell the host when it listens on one alone */
export function checkOf(
  probe: AgentProbe,
  slot: string,
  privatePorts: PrivatePorts,
  listening: readonly string[],
): Check {
  const { httpGet, tcpSocket } = probe
  if (httpGet !== undefined) {
    const port = portOfSlot(httpGet.port, slot, privatePorts)
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
    const port = portOfSlot(tcpSocket.port, slot, privatePorts)
    return { kind: 'tcp', host: hostFor(port, tcpSocket.host, listening), port }
  }
  const what = probe.exec !== undefined ? 'exec' : probe.grpc !== undefined ? 'grpc' : 'such'
  const why =
    `${what} probes cannot be carried out: the agent is another container than the proxy; ` +
    'use httpGet or tcpSocket'
  return { kind: 'impossible', why }
}

/** The agent shares the pod's network, so loopback reaches all that is bound to any address. */
function hostFor(port: number, host: string | undefined, listening: readonly string[]): string {
  if (host !== undefined && host !== '') return host
  const address = listening.find((candidate) => candidate.endsWith(`:${port}`))
  const bound = address?.slice(0, -`:${port}`.length).replace(/^\[|\]$/g, '') ?? ''
  if (bound === '' || bound === '0.0.0.0') return '127.0.0.1'
  return bound === '::' ? '::1' : bound
}
