import { array, decodeJson, number, object, optional, record, string } from '../../../api/decode.ts'
import type { Pod } from '../../../runtime/client/kinds.ts'
import { operatorAnnotations } from '../annotationKeys.ts'
import { findContainer } from '../rollout/podStatus.ts'
import { MEBIBYTE, formatBytes, memoryLimit, memoryRequest } from './memory.ts'

const slotImage = object({
  image: string,
  /** RFC 3339: when it came, or was seen last. */
  at: string,
  /** Bytes of memory requested then. */
  memory: optional(number),
})

const slotImages = record(array(slotImage))

/**
 * Which images ran in which slot lately, in the annotation `baton.dev/slot-images`. The kubelet's
 * crash back-off counts starts by pod, container, image and resources, whatever ended the container
 * before: an image that comes back to its slot too soon waits 10 s and more, with the pod not ready.
 */
export type SlotImages = ReturnType<typeof slotImages>
type SlotImage = ReturnType<typeof slotImage>

/** The kubelet forgets a back-off entry after this time (twice its longest back-off). */
const MEMORY_MS = 10 * 60 * 1000
/** Bytes that our own resizes can add up to: one mebibyte for each return in ten minutes. */
const LARGEST_DETOUR = 32 * MEBIBYTE

/** An unreadable annotation counts as empty. */
export function parseSlotImages(pod: Pod): SlotImages {
  const text = pod.metadata.annotations?.[operatorAnnotations.slotImages]
  if (text === undefined) return {}
  try {
    return decodeJson(slotImages, text, operatorAnnotations.slotImages)
  } catch {
    return {}
  }
}

/** The record after `slot` got `image` at `now`; what the kubelet has forgotten is dropped. */
export function rememberImage(
  images: SlotImages,
  pod: Pod,
  { slot, image, now }: { readonly slot: string; readonly image: string; readonly now: number },
): SlotImages {
  const memory = memoryRequest(pod, slot)
  const entry = (name: string): SlotImage => ({
    image: name,
    at: new Date(now).toISOString(),
    ...(memory === undefined ? {} : { memory }),
  })
  // The one that goes may have been restarted just now, so it counts from now as well.
  const leaving = findContainer(pod, slot)?.container.image
  const added = [...(leaving === undefined ? [] : [entry(leaving)]), entry(image)]
  const kept = Object.fromEntries(
    Object.entries(images).map(([name, entries]) => [name, stillNeeded(entries, now)]),
  )
  const others = (kept[slot] ?? []).filter(
    (one) => !added.some((other) => other.image === one.image && other.memory === one.memory),
  )
  return { ...kept, [slot]: [...others, ...added] }
}

/** What the kubelet has not forgotten, and the entry with the least memory: resizes start there. */
function stillNeeded(entries: readonly SlotImage[], now: number): readonly SlotImage[] {
  const least = Math.min(...entries.map((one) => one.memory ?? Infinity))
  const anchor = entries.find((one) => one.memory === least)
  return entries.filter((one) => one === anchor || isFresh(one.at, now))
}

/** Tells for bytes of memory whether `image` ran in `slot` with them so lately that it counts. */
export function ranLately(
  pod: Pod,
  { slot, image, now }: { readonly slot: string; readonly image: string; readonly now: number },
): (bytes: number) => boolean {
  const entries = parseSlotImages(pod)[slot] ?? []
  const ran = entries.filter((one) => one.image === image && isFresh(one.at, now))
  return (bytes) => ran.some((one) => one.memory === bytes)
}

/**
 * The resize that must come before `image` can go to `slot`: other resources are another back-off
 * key. Undefined when the image did not run there lately with the present memory, or when the slot
 * has no memory request and cannot be resized. The least number of whole mebibytes above the slot's
 * memory at first that the image did not have lately, so that the slot does not grow for ever.
 */
export function resizeBefore(
  pod: Pod,
  { slot, image, now }: { readonly slot: string; readonly image: string; readonly now: number },
): object | undefined {
  const entries = parseSlotImages(pod)[slot] ?? []
  const found = findContainer(pod, slot)
  const memory = memoryRequest(pod, slot)
  if (found === undefined || memory === undefined) return undefined
  const used = ranLately(pod, { slot, image, now })
  if (!used(memory)) return undefined
  let wanted = Math.min(memory, ...entries.map((one) => one.memory ?? memory))
  // Somebody else has resized the slot: that is not ours to undo.
  if (memory - wanted > LARGEST_DETOUR) wanted = memory
  while (used(wanted)) wanted += MEBIBYTE

  const limit = memoryLimit(pod, slot)
  const resources = {
    requests: { memory: formatBytes(wanted) },
    // The limit moves along: its distance decides the QoS class, which must not change.
    ...(limit === undefined ? {} : { limits: { memory: formatBytes(limit + wanted - memory) } }),
  }
  return { spec: { [found.list]: [{ name: slot, resources }] } }
}

function isFresh(at: string, now: number): boolean {
  return now - (Date.parse(at) || 0) < MEMORY_MS
}
