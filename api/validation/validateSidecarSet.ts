import { GATEWAY_SET_PREFIX, isGatewaySetName } from '../gateway/subject.ts'
import type { SidecarSet, SidecarSetSpec } from '../v1beta1/sidecarset.ts'
import { changeViolations } from './changes.ts'
import { containerViolations } from './container.ts'
import { containerNameViolations } from './containerNames.ts'
import { slotReferenceViolations } from './core/slotReferences.ts'
import { LONGEST_LABEL } from './dnsLabel.ts'
import { fromAppViolations } from './fromApp.ts'
import { upgradeStrategyViolations } from './hotUpgrade.ts'
import { injectionStrategyViolations } from './injectionStrategy.ts'
import { patchPodMetadataViolations } from './patchPodMetadata.ts'
import { placedContainers } from './placedContainer.ts'
import { setInterceptionViolations } from './setInterception.ts'
import { selectorViolations } from './selectors.ts'
import { updateStrategyViolations } from './updateStrategy.ts'
import type { Violation } from './violation.ts'
import { volumeViolations } from './volumes.ts'
import { wholeNumberViolations } from './wholeNumber.ts'

/**
 * Everything wrong with a set by itself; empty when it can be used. The set must have the types of
 * its schema; defaults need not be filled in.
 * @param options.old the set before an update; without it the set counts as new
 */
export function validateSidecarSet(
  set: SidecarSet,
  options: { readonly old?: SidecarSet } = {},
): readonly Violation[] {
  const { spec } = set
  return [
    ...nameViolations(set.metadata.name ?? ''),
    ...selectorViolations(spec),
    ...emptySetViolations(spec),
    ...containerNameViolations(spec),
    ...placedContainers(spec).flatMap((placed) => [
      ...containerViolations(placed),
      ...fromAppViolations(placed),
      ...upgradeStrategyViolations(placed),
    ]),
    ...volumeViolations(spec),
    ...slotReferenceViolations(spec),
    ...patchPodMetadataViolations(spec.patchPodMetadata ?? []),
    ...injectionStrategyViolations(spec),
    ...setInterceptionViolations(spec),
    ...updateStrategyViolations(spec.updateStrategy ?? {}),
    ...wholeNumberViolations('spec', spec, { revisionHistoryLimit: 1 }),
    ...(options.old === undefined ? [] : changeViolations(options.old, set)),
  ]
}

function nameViolations(name: string): readonly Violation[] {
  if (isGatewaySetName(name)) {
    const problem = `names that begin with ${GATEWAY_SET_PREFIX} are those by which pods know their IngressGateways`
    return [{ field: 'metadata.name', value: name, problem, remedy: 'choose another name' }]
  }
  if (name.length <= LONGEST_LABEL) return []
  return [
    {
      field: 'metadata.name',
      value: name,
      problem: `revisions carry it as a label, and a label's value may have at most ${LONGEST_LABEL} characters`,
      remedy: 'choose a shorter name',
    },
  ]
}

function emptySetViolations(spec: SidecarSetSpec): readonly Violation[] {
  if (placedContainers(spec).length > 0) return []
  return [
    {
      field: 'spec.containers',
      value: spec.containers,
      problem: 'the set has neither containers nor initContainers to inject',
      remedy: 'add one',
    },
  ]
}
