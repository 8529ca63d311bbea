import { slotNames } from '../../../api/group.ts'
import type { ContainerStep } from '../rollout/containerSteps.ts'
import type { PodView } from '../rollout/podView.ts'
import { MEBIBYTE } from '../write/memory.ts'
import { ranLately } from '../write/slotImages.ts'
import type { ResizeNote } from './resizeMemory.ts'
import { resizeId } from './resizeMemory.ts'
import { resizeObstacle } from './resizeObstacle.ts'
import type { SlotSize } from './slotSize.ts'
import { formatSize, isApplied, isAtLeast, requestedSize, sizesOf } from './slotSize.ts'

/** What must happen to the size of the slots before an upgrade may restart them. */
export type Growth =
  /** Nothing; or it cannot be had, and the upgrade goes on without it. */
  | { readonly kind: 'none'; readonly obstacle?: string }
  | { readonly kind: 'resize'; readonly sizes: Readonly<Record<string, SlotSize>> }
  /** Asked for, and not carried out yet. */
  | { readonly kind: 'wait'; readonly sentence: string }

export interface GrowthInput {
  readonly view: PodView
  readonly steps: readonly ContainerStep[]
  readonly note: ResizeNote | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A kubelet with room carries a resize out in 0.5 to 2 s (measured); one without may never. */
const GROWTH_DEADLINE_MS = 10_000
/** Detours around the kubelet's back-off: one mebibyte for each return of an image in ten minutes. */
export const LARGEST_DETOUR = 32 * MEBIBYTE

/**
 * A slot that is to restart with a new image gets the requests of one that serves before it does, so
 * that the node has made room when the new version starts. The same write keeps clear of the
 * kubelet's crash back-off, whose key holds the resources. Slots that only change places grow
 * afterwards: see upkeep.ts.
 */
export function growthBefore({ view, steps, note, now }: GrowthInput): Growth {
  const sizes: Record<string, SlotSize> = {}
  const grown: string[] = []
  for (const step of steps) {
    if (step.kind !== 'patch') continue
    const size = sizeForStart(view, step, now)
    if (size !== undefined) sizes[step.to] = size
    else if (isResizable(view, step)) grown.push(step.to)
  }
  if (Object.keys(sizes).length > 0) {
    const id = resizeId(sizes)
    if (note?.refused?.id === id) return { kind: 'none', obstacle: note.refused.sentence }
    return { kind: 'resize', sizes }
  }
  const unmet = grown.filter((slot) => !isApplied(view.pod, slot))
  if (unmet.length === 0) return { kind: 'none' }
  const waited = now - (note?.asked?.at ?? now)
  const obstacle = resizeObstacle(view.pod, unmet)
  if (obstacle.isFinal || waited >= GROWTH_DEADLINE_MS) {
    return { kind: 'none', obstacle: obstacle.sentence }
  }
  return { kind: 'wait', sentence: `${unmet.join(', ')} grows before it gets the new image` }
}

function isResizable({ pod }: PodView, { container }: ContainerStep): boolean {
  const { full, standby } = sizesOf(pod, container)
  return formatSize(full) !== formatSize(standby)
}

/** Undefined when the slot may start the image as it is. */
function sizeForStart(
  { pod }: PodView,
  { container, to }: Extract<ContainerStep, { kind: 'patch' }>,
  now: number,
): SlotSize | undefined {
  const present = requestedSize(pod, to)
  if (present === undefined || !slotNames(container.name).includes(to)) return undefined
  const { full } = sizesOf(pod, container)
  const used = ranLately(pod, { slot: to, image: container.image ?? '', now })
  if (isAtLeast(present, full) && !used(present.memory)) return undefined
  // Somebody else has made the slot larger: that is not ours to undo.
  const foreign = present.memory > full.memory + LARGEST_DETOUR
  let memory = foreign ? present.memory : full.memory
  while (used(memory)) memory += MEBIBYTE
  return { cpu: Math.max(full.cpu, present.cpu), memory }
}
