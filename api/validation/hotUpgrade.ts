import type { Handover } from '../v1beta1/sidecarset.ts'
import { drainViolations } from './drain.ts'
import type { PlacedContainer } from './placedContainer.ts'
import { isHot } from './placedContainer.ts'
import { portViolation } from './ports.ts'
import type { Violation } from './violation.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

const UPGRADE_TYPES = ['ColdUpgrade', 'HotUpgrade']

/** What is wrong with a container's upgradeStrategy. */
export function upgradeStrategyViolations(placed: PlacedContainer): readonly Violation[] {
  const path = `${placed.path}.upgradeStrategy`
  const { upgradeType, handover } = placed.container.upgradeStrategy ?? {}
  const type: string | undefined = upgradeType
  if (type !== undefined && !UPGRADE_TYPES.includes(type)) {
    const problem = 'there is no such type'
    const remedy = `use one of ${UPGRADE_TYPES.join(', ')}`
    return [{ field: `${path}.upgradeType`, value: type, problem, remedy }]
  }
  if (isHot(placed.container)) {
    return [...nativeSidecarViolations(placed), ...hotViolations(placed, path)]
  }
  if (handover === undefined) return []
  const problem = 'listeners are handed over in a HotUpgrade only'
  const remedy = `set ${path}.upgradeType to HotUpgrade, or leave handover out`
  return [{ field: `${path}.handover`, value: handover, problem, remedy }]
}

function nativeSidecarViolations({ list, path, container }: PlacedContainer): readonly Violation[] {
  if (list === 'containers' || container.restartPolicy === 'Always') return []
  return [
    {
      field: `${path}.restartPolicy`,
      value: container.restartPolicy,
      problem: 'an init container that ends before the app starts cannot be upgraded while it runs',
      remedy: 'set Always to make it a native sidecar, or move it to spec.containers',
    },
  ]
}

function hotViolations({ path, container }: PlacedContainer, at: string): readonly Violation[] {
  const { hotUpgradeEmptyImage, handover } = container.upgradeStrategy ?? {}
  if (handover === undefined) {
    if (hotUpgradeEmptyImage !== undefined && hotUpgradeEmptyImage !== '') return []
    return [
      {
        field: `${at}.handover`,
        value: undefined,
        problem: 'a HotUpgrade needs to know how the new process takes over from the old one',
        remedy:
          'set handover: {} to have Baton hand the listeners over, or hotUpgradeEmptyImage if the sidecar migrates by itself',
      },
    ]
  }
  return [
    ...commandViolations(path, container.command),
    ...drainViolations(`${at}.handover.drain`, handover.drain ?? {}),
    ...wholeNumberViolations(`${at}.handover`, handover, {
      startDeadlineSeconds: 1,
      confirmSeconds: 0,
    }),
    ...privatePortViolations(`${at}.handover.privatePorts`, handover),
  ]
}

function commandViolations(
  path: string,
  command: readonly string[] | undefined,
): readonly Violation[] {
  if (command !== undefined && command.length > 0) return []
  return [
    {
      field: `${path}.command`,
      value: command,
      problem:
        "Baton starts the proxy itself when listeners are handed over, and cannot see the image's own entrypoint",
      remedy: 'name the program, such as ["/usr/local/bin/envoy"]',
    },
  ]
}

function privatePortViolations(path: string, handover: Handover): readonly Violation[] {
  const ports = handover.privatePorts ?? []
  return ports.flatMap((value, index) => {
    const field = `${path}[${index}]`
    const wrong = portViolation(field, value)
    if (wrong !== undefined) return [wrong]
    if (ports.indexOf(value) === index) return []
    return [{ field, value, problem: 'the port is listed twice', remedy: 'list it once' }]
  })
}
