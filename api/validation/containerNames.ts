import { AGENT_CONTAINER, INIT_CONTAINER, slotNames } from '../group.ts'
import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { dnsLabelProblem, LONGEST_LABEL } from './dnsLabel.ts'
import type { PlacedContainer } from './placedContainer.ts'
import { hasHandover, isHot, placedContainers } from './placedContainer.ts'
import type { Violation } from './violation.ts'

/**
 * Names of containers, and of what they become in a pod: a hot container `proxy` exists there as
 * `proxy-1` and `proxy-2`, and brings the agent along.
 */
export function containerNameViolations(spec: SidecarSetSpec): readonly Violation[] {
  const placed = placedContainers(spec)
  return [...placed.flatMap(spellingViolations), ...clashes(placed)]
}

function spellingViolations({ path, container }: PlacedContainer): readonly Violation[] {
  const field = `${path}.name`
  const name = container.name as string | undefined
  if (name === undefined || name === '') {
    const problem = 'every container needs a name'
    return [{ field, value: undefined, problem, remedy: 'give it one, such as proxy' }]
  }
  const problem = dnsLabelProblem(name)
  if (problem !== undefined) {
    return [{ field, value: name, problem, remedy: 'choose another name' }]
  }
  const [slot] = slotNames(name)
  if (!isHot(container) || slot.length <= LONGEST_LABEL) return []
  return [
    {
      field,
      value: name,
      problem: `the pod's containers would be named ${slot} and so on, longer than ${LONGEST_LABEL} characters`,
      remedy: `choose a name of at most ${LONGEST_LABEL - 2} characters`,
    },
  ]
}

function clashes(placed: readonly PlacedContainer[]): readonly Violation[] {
  /** Name of a container in the pod, and who brings it. */
  const taken = new Map<string, string>()
  if (placed.some(({ container }) => hasHandover(container))) {
    taken.set(AGENT_CONTAINER, 'the agent that hands listeners over')
    taken.set(INIT_CONTAINER, 'the init container that installs the launcher')
  }
  const violations: Violation[] = []
  for (const { path, container } of placed) {
    const names = isHot(container) ? slotNames(container.name) : [container.name]
    for (const name of names) {
      const other = taken.get(name)
      if (other !== undefined) violations.push(clash(path, container.name, name, other))
      else taken.set(name, `${path} (${container.name})`)
    }
  }
  return violations
}

function clash(path: string, name: string, inPod: string, other: string): Violation {
  return {
    field: `${path}.name`,
    value: name,
    problem: `the container ${inPod} of the pod would belong to it and to ${other} alike`,
    remedy: 'choose another name',
  }
}
