import { PATHS, VOLUMES } from '../group.ts'
import type { SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { mountViolations } from './core/mounts.ts'
import { volumeSourceViolations } from './core/volumeSource.ts'
import { dnsLabelProblem } from './dnsLabel.ts'
import type { PlacedContainer } from './placedContainer.ts'
import { hasHandover, placedContainers } from './placedContainer.ts'
import type { Violation } from './violation.ts'

const OUR_VOLUMES: readonly string[] = Object.values(VOLUMES)
const OUR_PATHS: readonly string[] = [PATHS.bin, PATHS.run]

/** Volumes named twice or like ours, and mounts of volumes that do not exist or at one path. */
export function volumeViolations(spec: SidecarSetSpec): readonly Violation[] {
  const names = (spec.volumes ?? []).map(({ name }) => name)
  return [
    ...names.flatMap((name, index) => nameViolations(names, name, index)),
    ...(spec.volumes ?? []).flatMap((volume, index) =>
      volumeSourceViolations(`spec.volumes[${index}]`, volume),
    ),
    ...placedContainers(spec).flatMap((placed) => [
      ...placeViolations(placed, names),
      ...mountViolations(placed, spec.volumes ?? []),
    ]),
  ]
}

function nameViolations(
  names: readonly string[],
  name: string,
  index: number,
): readonly Violation[] {
  const field = `spec.volumes[${index}].name`
  const remedy = 'choose another name'
  const spelling = dnsLabelProblem(name)
  if (spelling !== undefined) return [{ field, value: name, problem: spelling, remedy }]
  if (names.indexOf(name) !== index) {
    const problem = `spec.volumes[${names.indexOf(name)}] has this name already`
    return [{ field, value: name, problem, remedy }]
  }
  if (OUR_VOLUMES.includes(name)) {
    const problem = 'Baton adds a volume of this name to pods'
    return [{ field, value: name, problem, remedy }]
  }
  return []
}

function placeViolations(
  { path, container }: PlacedContainer,
  volumes: readonly string[],
): readonly Violation[] {
  const paths = new Set<string>(hasHandover(container) ? OUR_PATHS : [])
  const mounts = (container.volumeMounts ?? []).flatMap(({ name, mountPath }, index) => {
    const field = `${path}.volumeMounts[${index}]`
    const found = [
      ...unknownVolume(`${field}.name`, name, volumes),
      ...badPath(`${field}.mountPath`, mountPath, paths),
    ]
    paths.add(mountPath)
    return found
  })
  const devices = (container.volumeDevices ?? []).flatMap(({ name }, index) =>
    unknownVolume(`${path}.volumeDevices[${index}].name`, name, volumes),
  )
  return [...mounts, ...devices]
}

function unknownVolume(
  field: string,
  value: string,
  volumes: readonly string[],
): readonly Violation[] {
  if (volumes.includes(value)) return []
  const problem = 'there is no volume of this name in spec.volumes'
  const remedy = 'add it there (the volume of the pod itself wins where it has one of this name)'
  return [{ field, value, problem, remedy }]
}

function badPath(
  field: string,
  value: string | undefined,
  taken: ReadonlySet<string>,
): readonly Violation[] {
  if (value === undefined || value === '') {
    const problem = 'a mount needs a path'
    return [{ field, value: undefined, problem, remedy: 'name the directory, such as /etc/proxy' }]
  }
  if (!taken.has(value)) return []
  const problem = OUR_PATHS.includes(value)
    ? 'Baton mounts its own volume there'
    : 'another volume is mounted there'
  return [{ field, value, problem, remedy: 'choose another path' }]
}
