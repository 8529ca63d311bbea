import type { SidecarContainer, SidecarSetSpec } from '../../v1beta1/sidecarset.ts'
import { choiceViolations } from '../choice.ts'
import type { PlacedContainer } from '../placedContainer.ts'
import type { Violation } from '../violation.ts'
import { hasBackstep, relativePathViolations } from './names.ts'
import { missingViolations } from './present.ts'

type Mount = NonNullable<SidecarContainer['volumeMounts']>[number]
type Volumes = NonNullable<SidecarSetSpec['volumes']>

/** Mounts and devices that a pod would be refused for; their names and paths see volumes.ts. */
export function mountViolations(
  { path, container }: PlacedContainer,
  volumes: Volumes,
): readonly Violation[] {
  const mounts = container.volumeMounts ?? []
  return [
    ...mounts.flatMap((mount, index) =>
      mountOf(`${path}.volumeMounts[${index}]`, mount, container),
    ),
    ...(container.volumeDevices ?? []).flatMap(({ name, devicePath }, index) => {
      const field = `${path}.volumeDevices[${index}]`
      return [
        ...missingViolations(`${field}.devicePath`, devicePath, 'name one, such as /dev/xvda'),
        ...deviceConflicts(field, { name, devicePath }, index, container),
        ...blockModeViolations(field, name, volumes),
      ]
    }),
  ]
}

const PROPAGATIONS = ['None', 'HostToContainer', 'Bidirectional']

function mountOf(field: string, mount: Mount, container: SidecarContainer): readonly Violation[] {
  const { subPath, subPathExpr, mountPropagation, recursiveReadOnly, readOnly } = mount
  const problems: readonly (false | (Omit<Violation, 'field'> & { readonly key: string }))[] = [
    (subPath ?? '') !== '' &&
      (subPathExpr ?? '') !== '' && {
        key: 'subPathExpr',
        value: subPathExpr,
        problem: 'subPath says already which part is mounted',
        remedy: 'leave out one of the two',
      },
    mountPropagation === 'Bidirectional' &&
      container.securityContext?.privileged !== true && {
        key: 'mountPropagation',
        value: mountPropagation,
        problem: 'only privileged containers may mount for the node',
        remedy: 'use HostToContainer or None',
      },
    (recursiveReadOnly === 'Enabled' || recursiveReadOnly === 'IfPossible') &&
      readOnly !== true && {
        key: 'recursiveReadOnly',
        value: recursiveReadOnly,
        problem: 'the mount is not readOnly',
        remedy: 'set readOnly: true, or leave it out',
      },
  ]
  return [
    ...relativePathViolations(`${field}.subPath`, subPath),
    ...relativePathViolations(`${field}.subPathExpr`, subPathExpr),
    ...choiceViolations(`${field}.mountPropagation`, mountPropagation, PROPAGATIONS),
    ...choiceViolations(`${field}.recursiveReadOnly`, recursiveReadOnly, [
      'Disabled',
      'IfPossible',
      'Enabled',
    ]),
    ...problems
      .filter((one) => one !== false)
      .map(({ key, ...rest }) => ({ field: `${field}.${key}`, ...rest })),
  ]
}

function deviceConflicts(
  field: string,
  { name, devicePath }: { readonly name: string; readonly devicePath: string },
  index: number,
  { volumeMounts = [], volumeDevices = [] }: SidecarContainer,
): readonly Violation[] {
  const earlier = volumeDevices.slice(0, index)
  const remedy = 'choose another one'
  if (hasBackstep(devicePath)) {
    const problem = 'the path goes up'
    return [{ field: `${field}.devicePath`, value: devicePath, problem, remedy: 'leave out ..' }]
  }
  if ([...volumeMounts, ...earlier].some((one) => one.name === name)) {
    const problem = 'the container has this volume already, as a mount or as another device'
    return [{ field: `${field}.name`, value: name, problem, remedy }]
  }
  const paths = [
    ...volumeMounts.map(({ mountPath }) => mountPath),
    ...earlier.map((one) => one.devicePath),
  ]
  if (!paths.includes(devicePath)) return []
  const problem = 'another volume is there already'
  return [{ field: `${field}.devicePath`, value: devicePath, problem, remedy }]
}

function blockModeViolations(field: string, name: string, volumes: Volumes): readonly Violation[] {
  const volume = volumes.find((one) => one.name === name)
  if (volume === undefined) return []
  if (volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined) return []
  const problem = 'only claims can be had as block devices'
  return [{ field: `${field}.name`, value: name, problem, remedy: 'mount it, or use a claim' }]
}
