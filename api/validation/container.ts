import { fieldViolations } from './core/containerFields.ts'
import { environmentViolations } from './core/environment.ts'
import { handlerViolations } from './core/handlers.ts'
import { securityContextViolations } from './core/securityContext.ts'
import type { PlacedContainer } from './placedContainer.ts'
import { portViolations, probeViolations } from './ports.ts'
import { resourceViolations } from './resources.ts'
import type { Violation } from './violation.ts'

const INJECT_POLICIES = ['BeforeAppContainer', 'AfterAppContainer']

/** What a pod with this container would be refused for, as far as the set alone can tell. */
export function containerViolations(placed: PlacedContainer): readonly Violation[] {
  return [
    ...imageViolations(placed),
    ...injectPolicyViolations(placed),
    ...portViolations(placed),
    ...probeViolations(placed),
    ...endingViolations(placed),
    ...resourceViolations(placed),
    ...fieldViolations(placed),
    ...environmentViolations(placed),
    ...handlerViolations(placed),
    ...securityContextViolations(placed),
  ]
}

const NOT_FOR_ENDING = ['startupProbe', 'readinessProbe', 'livenessProbe', 'lifecycle'] as const

/** The API server lets only init containers that stay, native sidecars, have probes and hooks. */
function endingViolations({ list, path, container }: PlacedContainer): readonly Violation[] {
  if (list === 'containers' || container.restartPolicy === 'Always') return []
  return NOT_FOR_ENDING.filter((key) => container[key] !== undefined).map((key) => ({
    field: `${path}.${key}`,
    value: container[key],
    problem: 'an init container that ends cannot have it',
    remedy: 'leave it out, or make the container a native sidecar with restartPolicy: Always',
  }))
}

function imageViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const image: string | undefined = container.image
  if (image !== undefined && image !== '' && image.trim() === image) return []
  return [
    {
      field: `${path}.image`,
      value: image,
      problem: 'a pod with this container would be refused',
      remedy: 'name an image, such as envoyproxy/envoy:v1.36.4',
    },
  ]
}

function injectPolicyViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const policy: string | undefined = container.podInjectPolicy
  if (policy === undefined || INJECT_POLICIES.includes(policy)) return []
  return [
    {
      field: `${path}.podInjectPolicy`,
      value: policy,
      problem: 'there is no such policy',
      remedy: `use one of ${INJECT_POLICIES.join(', ')}`,
    },
  ]
}
