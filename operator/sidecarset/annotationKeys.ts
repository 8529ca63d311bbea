import { GROUP } from '../../api/group.ts'

/**
 * What the operator alone reads and writes on pods, beside the annotations of api/group.ts.
 */
export const operatorAnnotations = {
  /** JSON map set name -> upgrade in progress or last one; OpenKruise's name. See upgradeState.ts. */
  upgradeState: `${GROUP}/sidecarset-inplace-update-state`,
  /** JSON map slot -> images that ran there lately; see slotImages.ts. */
  slotImages: `${GROUP}/slot-images`,
} as const

/** Annotation with the version of the other slot: a sidecar that migrates by itself compares the two. */
export function slotVersionAltAnnotation(slot: string): string {
  return `versionalt.sidecarset.${GROUP}/${slot}`
}
