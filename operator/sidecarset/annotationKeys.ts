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
