import type { V1Probe } from '@kubernetes/client-node'
import type { Wire } from '../wire.ts'
import type { PlacedContainer } from './placedContainer.ts'
import type { Violation } from './violation.ts'

const PORT_REMEDY = 'use a whole number from 1 to 65535'
const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
/** IANA service name: at most 15 characters, with a letter, no two dashes in a row (RFC 6335). */
const PORT_NAME = /^(?=.{1,15}$)(?=.*[a-z])(?!.*--)[a-z0-9]([-a-z0-9]*[a-z0-9])?$/

/** True for a number that a TCP or UDP port can have. */
export function isPort(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65535
}

/** What is wrong with one field that must hold a port; undefined when nothing is. */
export function portViolation(field: string, value: unknown): Violation | undefined {
  if (isPort(value)) return undefined
  return { field, value, problem: 'this is not a port', remedy: PORT_REMEDY }
}

/** Wrong numbers, names and protocols in a container's `ports`, and names used twice. */
export function portViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const names = new Set<string>()
  const onNode = new Set<string>()
  return (container.ports ?? []).flatMap(
    ({ containerPort, hostPort, hostIP, name, protocol }, index) => {
      const field = `${path}.ports[${index}]`
      const found = [
        portViolation(`${field}.containerPort`, containerPort),
        hostPort === undefined
          ? undefined
          : (portViolation(`${field}.hostPort`, hostPort) ??
            twiceOnNode(
              `${field}.hostPort`,
              hostPort,
              `${hostIP ?? ''}/${protocol ?? 'TCP'}`,
              onNode,
            )),
        name === undefined ? undefined : portNameViolation(`${field}.name`, name, names.has(name)),
        protocol === undefined ? undefined : protocolViolation(`${field}.protocol`, protocol),
      ]
      if (name !== undefined) names.add(name)
      return found.filter((violation) => violation !== undefined)
    },
  )
}

function twiceOnNode(
  field: string,
  value: number,
  place: string,
  taken: Set<string>,
): Violation | undefined {
  const key = `${value} ${place}`
  if (!taken.has(key)) {
    taken.add(key)
    return undefined
  }
  const problem = 'another port of the container has this port of the node'
  return { field, value, problem, remedy: 'choose another one' }
}

function portNameViolation(field: string, value: string, twice: boolean): Violation | undefined {
  if (twice) {
    const problem = 'two ports of the container have this name'
    return { field, value, problem, remedy: 'name each port once' }
  }
  if (PORT_NAME.test(value)) return undefined
  const problem = 'this is not a port name'
  const remedy = "use up to 15 lower-case letters, digits and single '-', with at least one letter"
  return { field, value, problem, remedy }
}

function protocolViolation(field: string, value: string): Violation | undefined {
  if (PROTOCOLS.includes(value)) return undefined
  const problem = 'there is no such protocol'
  return { field, value, problem, remedy: `use one of ${PROTOCOLS.join(', ')}` }
}

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const

/** Ports of probes: a number, or the name of one of the container's ports. */
export function probeViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const names = (container.ports ?? []).flatMap(({ name }) => (name === undefined ? [] : [name]))
  const healthCheck = container.upgradeStrategy?.handover?.healthCheck
  return [
    ...PROBES.flatMap((key) => probePorts(`${path}.${key}`, container[key], names)),
    ...probePorts(`${path}.upgradeStrategy.handover.healthCheck`, healthCheck, names),
  ]
}

function probePorts(
  path: string,
  probe: Wire<V1Probe> | undefined,
  names: readonly string[],
): readonly Violation[] {
  return (['httpGet', 'tcpSocket', 'grpc'] as const).flatMap((kind) => {
    const action = probe?.[kind]
    if (action === undefined) return []
    const value = action.port as unknown
    if (isPort(value) || (typeof value === 'string' && names.includes(value))) return []
    const problem = 'this is neither a port nor the name of one of the ports of the container'
    const remedy = 'give the number, or declare the port by this name in ports'
    return [{ field: `${path}.${kind}.port`, value, problem, remedy }]
  })
}
