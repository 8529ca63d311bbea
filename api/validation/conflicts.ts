import { canonicalJson } from '../canonicalJson.ts'
import { slotNames } from '../group.ts'
import { canOverlap } from '../selectorOverlap.ts'
import type { SidecarSet } from '../v1beta1/sidecarset.ts'
import { isHot, placedContainers } from './placedContainer.ts'
import type { Violation } from './violation.ts'

/**
 * What a set cannot have because another set that may select the same pod has it: a container of
 * the same name, a volume of the same name with another content, or a patch of the same annotation.
 * @param others sets that exist; the set itself may be among them
 */
export function conflictViolations(
  set: SidecarSet,
  others: readonly SidecarSet[],
): readonly Violation[] {
  return others
    .filter((other) => other.metadata.name !== set.metadata.name && mayShareAPod(set, other))
    .flatMap((other) => [
      ...containerConflicts(set, other),
      ...volumeConflicts(set, other),
      ...annotationConflicts(set, other),
    ])
}

function mayShareAPod({ spec: left }: SidecarSet, { spec: right }: SidecarSet): boolean {
  return (
    canOverlap(left.selector, right.selector) &&
    canOverlap(left.namespaceSelector, right.namespaceSelector)
  )
}

function containerConflicts(set: SidecarSet, other: SidecarSet): readonly Violation[] {
  const taken = new Set(namesInPods(other).map(({ inPod }) => inPod))
  return namesInPods(set)
    .filter(({ inPod }) => taken.has(inPod))
    .map(({ field, name, inPod }) => ({
      field,
      value: name,
      problem: `${owner(other)} brings the container ${inPod}, and a pod can match both sets`,
      remedy: 'rename it, or change a selector so that no pod matches both',
    }))
}

interface NameInPods {
  readonly field: string
  readonly name: string
  readonly inPod: string
}

function namesInPods({ spec }: SidecarSet): readonly NameInPods[] {
  return placedContainers(spec).flatMap(({ path, container }) => {
    const { name } = container
    const names = isHot(container) ? slotNames(name) : [name]
    return names.map((inPod) => ({ field: `${path}.name`, name, inPod }))
  })
}

function volumeConflicts(set: SidecarSet, other: SidecarSet): readonly Violation[] {
  const theirs = new Map((other.spec.volumes ?? []).map((volume) => [volume.name, volume]))
  return (set.spec.volumes ?? []).flatMap((volume, index) => {
    const same = theirs.get(volume.name)
    if (same === undefined || canonicalJson(same) === canonicalJson(volume)) return []
    return [
      {
        field: `spec.volumes[${index}]`,
        value: volume,
        problem: `${owner(other)} has another volume named ${volume.name}, and a pod can match both sets`,
        remedy: 'rename it, or make both equal',
      },
    ]
  })
}

/** Two sets may add to one JSON object, but not both say what a value is. */
function annotationConflicts(set: SidecarSet, other: SidecarSet): readonly Violation[] {
  const theirs = new Map(patchedKeys(other).map(({ key, policy }) => [key, policy]))
  return patchedKeys(set).flatMap(({ field, key, policy }) => {
    const same = theirs.get(key)
    if (same === undefined || (same === 'MergePatchJson' && policy === same)) return []
    return [
      {
        field,
        value: policy,
        problem: `${owner(other)} patches the annotation ${key} too, and a pod can match both sets`,
        remedy: 'leave it out of one of them, or use MergePatchJson in both',
      },
    ]
  })
}

function patchedKeys({ spec }: SidecarSet) {
  return (spec.patchPodMetadata ?? []).flatMap(
    ({ annotations = {}, patchPolicy = 'Retain' }, index) =>
      Object.keys(annotations).map((key) => ({
        field: `spec.patchPodMetadata[${index}].annotations[${key}]`,
        key,
        policy: patchPolicy,
      })),
  )
}

function owner({ metadata }: SidecarSet): string {
  return `the SidecarSet ${metadata.name ?? ''}`
}
