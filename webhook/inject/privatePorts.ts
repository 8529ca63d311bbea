import { AGENT_PORT, slotNames } from '../../api/group.ts'
import type { AgentContainerConfig } from '../../api/agentConfig.ts'
import type { HotContainer } from './injectableSet.ts'
import type { Container } from './podTypes.ts'

export type PrivatePorts = AgentContainerConfig['privatePorts']

const HIGHEST_PORT = 65535
const LOWEST_UNPRIVILEGED_PORT = 1024

/**
 * Where each process really listens for a port that belongs to one process alone. A slot has room
 * for two: the second runs beside one that still drains when its version comes back. The first
 * slot's first process keeps the number, the others get the next free ones.
 * @param inUse ports that something in the pod uses; see {@link portsInUse}
 * @returns name of the hot container -> its private ports
 */
export function assignPrivatePorts(
  containers: readonly HotContainer[],
  inUse: ReadonlySet<number>,
): ReadonlyMap<string, PrivatePorts> {
  const taken = new Set([
    ...inUse,
    ...containers.flatMap(({ upgradeStrategy: { handover } }) => [
      ...handover.privatePorts,
      ...probedPorts(handover.healthCheck),
    ]),
  ])
  return new Map(
    containers.map(({ name, upgradeStrategy }) => {
      const [first, second] = slotNames(name)
      const ports = upgradeStrategy.handover.privatePorts.map((port) => {
        const another = (): number => {
          const free = nextFree(port, taken)
          taken.add(free)
          return free
        }
        return {
          port,
          slots: { [first]: port, [second]: another() },
          spares: { [first]: another(), [second]: another() },
        }
      })
      return [name, ports]
    }),
  )
}

/** Ports that containers declare or are probed on, and the agent's. */
export function portsInUse(containers: readonly Container[]): ReadonlySet<number> {
  return new Set([AGENT_PORT, ...containers.flatMap(declaredPorts)])
}

function declaredPorts(container: Container): readonly number[] {
  const probes = [container.readinessProbe, container.livenessProbe, container.startupProbe]
  const declared = (container.ports ?? []).map(({ containerPort }) => containerPort)
  return [...declared, ...probes.flatMap(probedPorts)]
}

/** Ports that are named stand among the declared ones. */
function probedPorts(probe: Container['readinessProbe']): readonly number[] {
  const ports = [probe?.httpGet?.port, probe?.tcpSocket?.port, probe?.grpc?.port]
  return ports.filter((port) => typeof port === 'number')
}

function nextFree(port: number, taken: ReadonlySet<number>): number {
  for (let next = port + 1; next <= HIGHEST_PORT; next++) if (!taken.has(next)) return next
  for (let next = LOWEST_UNPRIVILEGED_PORT; next < port; next++) if (!taken.has(next)) return next
  throw new RangeError(`no free port beside ${port} in the pod: ${taken.size} are taken`)
}
