import type { V1Probe } from '@kubernetes/client-node'
import type { AgentProbe } from '../../api/agentConfig.ts'
import type { Wire } from '../../api/wire.ts'
import type { Container } from './podTypes.ts'

type Probe = Wire<V1Probe>

/**
 * A probe of a hot container as the agent carries it out, with ports by number.
 * @returns undefined for no probe, and for one whose port has no number (validation refuses it)
 */
export function agentProbe(
  probe: Probe | undefined,
  ports: Container['ports'],
): AgentProbe | undefined {
  if (probe === undefined) return undefined
  const { httpGet, tcpSocket, grpc, exec } = probe
  const timing = timingOf(probe)
  if (httpGet !== undefined) {
    const port = portNumber(httpGet.port, ports)
    return port === undefined ? undefined : { ...timing, httpGet: { ...httpGet, port } }
  }
  if (tcpSocket !== undefined) {
    const port = portNumber(tcpSocket.port, ports)
    return port === undefined ? undefined : { ...timing, tcpSocket: { ...tcpSocket, port } }
  }
  if (grpc !== undefined) return { ...timing, grpc }
  return exec?.command === undefined ? undefined : { ...timing, exec: { command: exec.command } }
}

function timingOf(probe: Probe): AgentProbe {
  const keys = [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const
  return Object.fromEntries(
    keys.flatMap((key) => (probe[key] === undefined ? [] : [[key, probe[key]]])),
  )
}

function portNumber(port: number | string, ports: Container['ports']): number | undefined {
  if (typeof port === 'number') return port
  return (ports ?? []).find(({ name }) => name === port)?.containerPort
}
