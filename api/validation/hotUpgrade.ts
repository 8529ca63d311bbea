import type { Handover, SidecarContainer } from '../v1beta1/sidecarset.ts'
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
  const { handover } = container.upgradeStrategy ?? {}
  if (handover === undefined) return emptyImageViolations(container, at)
  return [
    ...commandViolations(path, container.command),
    ...hookViolations(path, container.lifecycle),
    ...drainViolations(`${at}.handover.drain`, handover.drain ?? {}),
    ...wholeNumberViolations(`${at}.handover`, handover, {
      startDeadlineSeconds: 1,
      confirmSeconds: 0,
    }),
    ...privatePortViolations(`${at}.handover.privatePorts`, handover),
  ]
}

/** A sidecar that migrates by itself: one of its slots must be idle but for upgrades. */
function emptyImageViolations(
  { image, upgradeStrategy }: SidecarContainer,
  at: string,
): readonly Violation[] {
  const { hotUpgradeEmptyImage: empty } = upgradeStrategy ?? {}
  const field = `${at}.hotUpgradeEmptyImage`
  if (empty === undefined) {
    const problem =
      'a hot upgrade is done either by Baton, which needs handover, or by the sidecar itself, whose idle slot needs an image to run'
    const remedy = `set ${at}.handover: {} to have Baton hand the listeners over, or name the image of the idle slot`
    return [{ field, value: empty, problem, remedy }]
  }
  if (empty === '' || empty.trim() !== empty) {
    const problem = 'pods with this image in their idle slot would be refused'
    return [{ field, value: empty, problem, remedy: 'name an image that runs and does nothing' }]
  }
  if (empty !== image) return []
  const problem = 'the idle slot would run the sidecar too, and start nothing in an upgrade'
  return [{ field, value: empty, problem, remedy: 'name another image, which does nothing' }]
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

function hookViolations(
  path: string,
  lifecycle: SidecarContainer['lifecycle'],
): readonly Violation[] {
  if (lifecycle === undefined) return []
  return [
    {
      field: `${path}.lifecycle`,
      value: lifecycle,
      problem:
        'these hooks would never run: they belong to a container, and the process in a slot starts and ends without its container',
      remedy:
        "remove it; a hook of the app belongs into the app's container, and a proxy that has to finish something does so when handover.drain.method tells it to",
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
