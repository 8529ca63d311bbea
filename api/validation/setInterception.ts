import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { hasHandover, placedContainers } from './placedContainer.ts'
import type { Violation } from './violation.ts'

/** What is wrong with `spec.interception`. */
export function setInterceptionViolations(spec: SidecarSetSpec): readonly Violation[] {
  const { interception } = spec
  if (interception === undefined) return []
  const { inboundPort, outboundPort } = interception
  const ports = Object.entries({ inboundPort, outboundPort }).flatMap(([name, port]) =>
    port === undefined || isPort(port)
      ? []
      : [
          {
            field: `spec.interception.${name}`,
            value: port,
            problem: 'it is no port',
            remedy: 'use a number from 1 to 65535',
          },
        ],
  )
  return [...ports, ...agentViolations(spec)]
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535
}

/** The agent switches, and it is only in pods with something to hand over. */
function agentViolations(spec: SidecarSetSpec): readonly Violation[] {
  if (placedContainers(spec).some(({ container }) => hasHandover(container))) return []
  return [
    {
      field: 'spec.interception',
      value: spec.interception,
      problem:
        'the agent switches interception, and it is only in pods of sets that have a container with handover',
      remedy: "give the proxy's container upgradeStrategy.handover, or remove interception",
    },
  ]
}
