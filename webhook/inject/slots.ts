import { DEFAULT_USER, PATHS, slotNames, VOLUMES } from '../../api/group.ts'
import type { DefaultedContainer } from '../../api/defaults/defaultedSpec.ts'
import { activeSlotResources, standbySlotResources } from '../../api/slotResources.ts'
import { slotEnv } from './environment.ts'
import type { HotContainer } from './injectableSet.ts'
import { omit } from './omit.ts'
import type { Container } from './podTypes.ts'
import type { PrivatePorts } from './privatePorts.ts'
import { slotSecurityContext } from './securityContext.ts'

/** Between the launcher's own deadline and the kubelet's SIGKILL. */
const GRACE_MARGIN_SECONDS = 5

/** A container of a set without the fields that a core container does not have. */
export function coreContainer(sidecar: DefaultedContainer): Container {
  return omit(
    sidecar,
    'podInjectPolicy',
    'upgradeStrategy',
    'shareVolumePolicy',
    'shareVolumeDevicePolicy',
    'transferEnv',
    'resourcesPolicy',
  )
}

/**
 * The two slots of a container whose listeners are handed over. They run the launcher, which starts
 * the proxy when told. They carry no probes, which the agent carries out instead: a slot with a
 * readiness probe would make the pod NotReady whenever it is restarted. Nor hooks, which validation
 * refuses: a preStop would delay every upgrade. A set stored before that rule may still have some.
 */
export function launcherSlots(
  sidecar: HotContainer,
  privatePorts: PrivatePorts,
  graceSeconds: number,
): readonly Container[] {
  const base = omit(
    coreContainer(sidecar),
    'ports',
    'readinessProbe',
    'livenessProbe',
    'startupProbe',
    'lifecycle',
  )
  return slotNames(sidecar.name).map((slot, index) => ({
    ...base,
    ...placeOf(sidecar, slot, index),
    command: [`${PATHS.bin}/launcher`],
    args: launcherArguments(sidecar, slot, privatePorts, graceSeconds),
    resources:
      index === 0 ? activeSlotResources(base.resources) : standbySlotResources(base.resources),
    securityContext: slotSecurityContext(base.securityContext),
    volumeMounts: [
      ...(base.volumeMounts ?? []),
      { name: VOLUMES.bin, mountPath: PATHS.bin, readOnly: true },
      { name: VOLUMES.run, mountPath: PATHS.run },
    ],
  }))
}

/** The two slots of a container that migrates by itself, as OpenKruise makes them. */
export function selfMigratingSlots(sidecar: DefaultedContainer): readonly Container[] {
  const base = omit(coreContainer(sidecar), 'ports')
  return slotNames(sidecar.name).map((slot, index) => ({
    ...base,
    ...placeOf(sidecar, slot, index),
  }))
}

/** Name, image, environment and ports: what makes a slot the working or the idle one. */
function placeOf(sidecar: DefaultedContainer, slot: string, index: number): Container {
  const { hotUpgradeEmptyImage } = sidecar.upgradeStrategy
  const image = index === 0 ? sidecar.image : (hotUpgradeEmptyImage ?? sidecar.image)
  return {
    name: slot,
    ...(image === undefined ? {} : { image }),
    env: slotEnv(sidecar, slot),
    // Declared twice, a named port would be ambiguous and a host port could not be scheduled.
    ...(index === 0 && sidecar.ports !== undefined ? { ports: sidecar.ports } : {}),
  }
}

function launcherArguments(
  sidecar: HotContainer,
  slot: string,
  privatePorts: PrivatePorts,
  graceSeconds: number,
): readonly string[] {
  return [
    'run',
    ...['--slot', slot],
    ...['--dir', `${PATHS.run}/${sidecar.name}`],
    ...['--keeper', PATHS.keeper],
    ...['--allow-uid', String(DEFAULT_USER)],
    ...privatePorts.flatMap(({ port, slots, spares }) => {
      const sides = [slots[slot] ?? port, spares?.[slot] ?? []].flat()
      return ['--private', `${port}=${sides.join(',')}`]
    }),
    ...['--grace', String(Math.max(1, graceSeconds - GRACE_MARGIN_SECONDS))],
    '--',
    ...(sidecar.command ?? []),
    ...(sidecar.args ?? []),
  ]
}
