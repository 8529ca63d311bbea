import { AGENT_PORT } from '../../group.ts'
import type { GatewayPort, GatewayProxy, GatewayService } from '../../v1beta1/ingressgateway.ts'
import { choiceViolations } from '../choice.ts'
import { portViolation } from '../ports.ts'
import type { Violation } from '../violation.ts'

const TYPES = ['ClusterIP', 'NodePort', 'LoadBalancer']
const POLICIES = ['Cluster', 'Local']
/** A name of a port of a Service: a DNS label. */
const PORT_NAME = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/

/** What the Service of a gateway would be refused for, and ports that lead to nobody. */
export function gatewayServiceViolations(
  service: GatewayService,
  proxy: GatewayProxy,
): readonly Violation[] {
  const { type, externalTrafficPolicy, ports } = service
  return [
    ...choiceViolations('spec.service.type', type, TYPES),
    ...choiceViolations('spec.service.externalTrafficPolicy', externalTrafficPolicy, POLICIES),
    ...(type === 'ClusterIP' && externalTrafficPolicy !== undefined
      ? [onlyOutside('externalTrafficPolicy', externalTrafficPolicy)]
      : []),
    ...(ports.length === 0 ? [noPorts(ports)] : []),
    ...ports.flatMap((port, index) => portProblems(service, proxy, port, index)),
  ]
}

function noPorts(value: readonly GatewayPort[]): Violation {
  const problem = 'nobody could reach the gateway'
  return { field: 'spec.service.ports', value, problem, remedy: 'add one, such as {port: 80}' }
}

function onlyOutside(field: string, value: unknown): Violation {
  return {
    field: `spec.service.${field}`,
    value,
    problem: 'a Service of type ClusterIP has no way in from outside the cluster',
    remedy: 'leave it out, or set spec.service.type to NodePort or LoadBalancer',
  }
}

function portProblems(
  { type, ports }: GatewayService,
  proxy: GatewayProxy,
  port: GatewayPort,
  index: number,
): readonly Violation[] {
  const path = `spec.service.ports[${index}]`
  const { nodePort, targetPort = port.port } = port
  return [
    ...asList(portViolation(`${path}.port`, port.port)),
    ...nameProblems(ports, port, index),
    ...twin(ports, index, 'port'),
    ...(nodePort === undefined ? [] : asList(portViolation(`${path}.nodePort`, nodePort))),
    ...(nodePort === undefined ? [] : twin(ports, index, 'nodePort')),
    ...(nodePort !== undefined && type === 'ClusterIP'
      ? [onlyOutside(`ports[${index}].nodePort`, nodePort)]
      : []),
    ...targetProblems(`${path}.targetPort`, targetPort, proxy),
  ]
}

function nameProblems(
  ports: readonly GatewayPort[],
  { name }: GatewayPort,
  index: number,
): readonly Violation[] {
  const field = `spec.service.ports[${index}].name`
  if (name === undefined) {
    if (ports.length === 1) return []
    const problem = 'with several ports each needs a name'
    return [{ field, value: name, problem, remedy: 'name it, such as http or https' }]
  }
  if (PORT_NAME.test(name)) return twin(ports, index, 'name')
  const problem = 'a port cannot be called so'
  const remedy = "use at most 63 lower-case letters, digits and '-', with no '-' first or last"
  return [{ field, value: name, problem, remedy }]
}

/** A value that another port has already. */
function twin(
  ports: readonly GatewayPort[],
  index: number,
  key: 'name' | 'port' | 'nodePort',
): readonly Violation[] {
  const value = ports[index]?.[key]
  const first = ports.findIndex((one) => one[key] === value)
  if (value === undefined || first === index) return []
  const problem = `spec.service.ports[${first}] has it already`
  return [{ field: `spec.service.ports[${index}].${key}`, value, problem, remedy: 'use another' }]
}

function targetProblems(
  field: string,
  target: number | string,
  proxy: GatewayProxy,
): readonly Violation[] {
  if (target === AGENT_PORT) {
    const problem = 'the agent of Baton is asked for readiness there'
    return [{ field, value: target, problem, remedy: 'let the proxy listen on another port' }]
  }
  if (typeof target === 'number') return asList(portViolation(field, target))
  const names = (proxy.ports ?? []).flatMap(({ name }) => name ?? [])
  if (names.includes(target)) return []
  const problem = 'no port of spec.proxy.ports has this name'
  const known = names.length === 0 ? '' : `one of ${names.join(', ')}, or `
  return [{ field, value: target, problem, remedy: `use ${known}the number of the port` }]
}

function asList(violation: Violation | undefined): readonly Violation[] {
  return violation === undefined ? [] : [violation]
}
