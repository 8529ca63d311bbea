import { annotations, slotNames } from '../../api/group.ts'
import { podRevisions } from '../../api/podRecord.ts'
import { revisionHashWithoutImage, revisionTemplate } from '../../api/revision.ts'
import { jsonPointer } from '../../runtime/client/jsonPointer.ts'
import type { InjectableSet } from './injectableSet.ts'
import { sidecarPlans } from './injectableSet.ts'
import { podAnnotations } from './podAnnotations.ts'
import type { AddOperation } from './podPatch.ts'
import type { Pod } from './podTypes.ts'

/**
 * Brings a pod that is made from the template of a gateway's Deployment to another revision before it
 * exists: images, and what is written down of it. Empty when the pod has it, or when the revision has
 * another shape: then the Deployment makes other pods. Pure.
 */
export function reviseImages(
  pod: Pod,
  wanted: InjectableSet,
  nowMs: number,
): readonly AddOperation[] {
  const { set, hash } = wanted
  const name = set.metadata.name ?? ''
  const recorded = podRevisions(pod.metadata?.annotations)[name]
  const shape = podRevisions(pod.metadata?.annotations, annotations.hashWithoutImage)[name]
  if (recorded === undefined || recorded.hash === hash) return []
  if (shape?.hash !== revisionHashWithoutImage(revisionTemplate(set.spec))) return []
  const images = imagesOf(wanted)
  return [
    ...(pod.spec?.containers ?? []).flatMap((container, index): readonly AddOperation[] => {
      const value = images.get(container.name)
      if (value === undefined || value === container.image) return []
      return [{ op: 'add', path: jsonPointer('spec', 'containers', String(index), 'image'), value }]
    }),
    ...Object.entries(podAnnotations([wanted], nowMs)).map(([key, value]): AddOperation => ({
      op: 'add',
      path: jsonPointer('metadata', 'annotations', key),
      value,
    })),
  ]
}

/** Slot -> the image that it has in a new pod. */
function imagesOf(wanted: InjectableSet): ReadonlyMap<string, string> {
  return new Map(
    sidecarPlans(wanted).flatMap(({ container: { name, image = '', upgradeStrategy } }) => {
      const [first, second] = slotNames(name)
      return [
        [first, image],
        [second, upgradeStrategy.hotUpgradeEmptyImage ?? image],
      ] as const
    }),
  )
}
