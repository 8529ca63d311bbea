import type { V1DownwardAPIVolumeFile, V1KeyToPath } from '@kubernetes/client-node'
import type { Wire } from '../../wire.ts'
import type { Violation } from '../violation.ts'
import { keyViolations, relativePathViolations } from './names.ts'
import { fieldRefViolations, resourceFieldRefViolations } from './podField.ts'
import { missingViolations, unionViolations } from './present.ts'

/** Keys that become files. */
export function itemViolations(
  path: string,
  items: readonly Wire<V1KeyToPath>[] | undefined,
): readonly Violation[] {
  return (items ?? []).flatMap(({ key, path: target, mode }, index) => {
    const field = `${path}.items[${index}]`
    return [
      ...keyViolations(`${field}.key`, key),
      ...missingViolations(`${field}.path`, target, 'name the file'),
      ...relativePathViolations(`${field}.path`, target),
      ...modeViolations(`${field}.mode`, mode),
    ]
  })
}

const HIGHEST_MODE = 0o777

export function modeViolations(field: string, value: number | undefined): readonly Violation[] {
  if (value === undefined || (value >= 0 && value <= HIGHEST_MODE)) return []
  const problem = 'these are no permission bits'
  return [{ field, value, problem, remedy: 'use a number from 0 to 0777 (octal)' }]
}

/** What is known of the pod as files. */
export function podFileViolations(
  path: string,
  items: readonly Wire<V1DownwardAPIVolumeFile>[] | undefined,
): readonly Violation[] {
  return (items ?? []).flatMap((item, index) => {
    const field = `${path}.items[${index}]`
    const { fieldRef, resourceFieldRef, path: target, mode } = item
    return [
      ...missingViolations(`${field}.path`, target, 'name the file'),
      ...relativePathViolations(`${field}.path`, target),
      ...unionViolations(field, item, ['fieldRef', 'resourceFieldRef']),
      ...(fieldRef === undefined ? [] : fieldRefViolations(`${field}.fieldRef`, fieldRef, 'file')),
      ...(resourceFieldRef === undefined
        ? []
        : resourceFieldRefViolations(`${field}.resourceFieldRef`, resourceFieldRef, 'file')),
      ...modeViolations(`${field}.mode`, mode),
    ]
  })
}
