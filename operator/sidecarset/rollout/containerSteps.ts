import type { AgentStatus } from '../../../api/agentStatus.ts'
import type { RevisionTemplate } from '../../../api/revision.ts'
import { slotNames } from '../../../api/group.ts'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'
import { migrationStep } from './migrationStep.ts'
import type { PodView } from './podView.ts'
import { bootsOf, imageOf } from './podStatus.ts'

/** What must happen to one container of a set in one pod so that it runs the wanted image. */
export type ContainerStep =
  /** It does so already. */
  | { readonly kind: 'keep'; readonly container: SidecarContainer; readonly active?: string }
  /** The idle slot has the image: the agent switches, the kubelet does nothing. */
  | {
      readonly kind: 'swap'
      readonly container: SidecarContainer
      readonly from: string
      readonly to: string
      readonly minBoot: number
    }
  /** The idle slot gets the image, then the agent switches. */
  | {
      readonly kind: 'patch'
      readonly container: SidecarContainer
      readonly from: string
      readonly to: string
      readonly minBoot: number
    }
  /** The idle slot gets the image; when it is ready, the other one is reset to the empty image. */
  | {
      readonly kind: 'migrate'
      readonly container: SidecarContainer
      readonly from: string
      readonly to: string
      /** What the idle slot runs now. */
      readonly idleImage: string
      readonly emptyImage: string
    }
  /** A slot that does not serve yet is reset; the other one never stopped serving. */
  | {
      readonly kind: 'withdraw'
      readonly container: SidecarContainer
      readonly from: string
      readonly to: string
      readonly emptyImage: string
    }
  /** Containers that never started get the image; there is nothing to hand over. */
  | {
      readonly kind: 'fresh'
      readonly container: SidecarContainer
      readonly targets: readonly string[]
      readonly active?: string
    }
  /** The container restarts with the image. */
  | {
      readonly kind: 'cold'
      readonly container: SidecarContainer
      readonly oldImage: string
    }
  | { readonly kind: 'impossible'; readonly container: SidecarContainer; readonly sentence: string }

/**
 * Steps for each long-running container of the template. Init containers that run once are left
 * alone: they have done their work in this pod.
 * @param agent what the agent said just now; undefined when it was not asked or did not answer
 */
export function containerSteps(
  view: PodView,
  template: RevisionTemplate,
  agent?: AgentStatus,
): readonly ContainerStep[] {
  if (agent !== undefined) return findSteps(view, template, agent)
  const known = byPod.get(view)
  if (known?.template === template) return known.steps
  const steps = findSteps(view, template)
  byPod.set(view, { template, steps })
  return steps
}

/** Thousands of pods may wait for their turn, and agents are asked only of those whose turn it is. */
const byPod = new WeakMap<
  PodView,
  { readonly template: RevisionTemplate; readonly steps: readonly ContainerStep[] }
>()

function findSteps(
  view: PodView,
  template: RevisionTemplate,
  agent?: AgentStatus,
): readonly ContainerStep[] {
  const sidecars = (template.initContainers ?? []).filter(
    (container) => container.restartPolicy === 'Always',
  )
  return [...sidecars, ...(template.containers ?? [])].map((container) => {
    const { upgradeType, handover } = container.upgradeStrategy ?? {}
    if (upgradeType !== 'HotUpgrade') return coldStep(view, container)
    if (handover === undefined) return migrationStep(view, container)
    return hotStep(view, container, agent?.containers[container.name]?.active)
  })
}

/** @param serving the slot that serves by the word of the agent */
function hotStep(
  view: PodView,
  container: SidecarContainer,
  serving: string | null | undefined,
): ContainerStep {
  const { pod } = view
  const impossible = (sentence: string): ContainerStep => ({
    kind: 'impossible',
    container,
    sentence,
  })
  const desired = view.desired?.containers[container.name]
  if (desired === undefined)
    return impossible(`baton.dev/desired does not tell of ${container.name}`)
  const slots = slotNames(container.name)
  const [from, to] = desired.active === slots[0] ? slots : [slots[1], slots[0]]
  const images = { from: imageOf(pod, from), to: imageOf(pod, to) }
  if (images.from === undefined || images.to === undefined) {
    return impossible(`the pod lacks the slot ${images.from === undefined ? from : to}`)
  }
  if (images.from === container.image) return { kind: 'keep', container, active: from }
  if (bootsOf(pod, from) === 0) {
    const targets = [from, ...(bootsOf(pod, to) === 0 ? [to] : [])]
    return { kind: 'fresh', container, targets, active: from }
  }
  const boots = (slot: string): number => provenBoots(view, container.name, slot)
  if (images.to === container.image) {
    return { kind: 'swap', container, from, to, minBoot: boots(to) }
  }
  // The other slot may stand in for the one that was ordered: what serves is not restarted.
  return serving === to
    ? { kind: 'patch', container, from: to, to: from, minBoot: boots(from) + 1 }
    : { kind: 'patch', container, from, to, minBoot: boots(to) + 1 }
}

/**
 * The pod's status lags behind by up to a second. If the slot has served since, it has booted at
 * least as often as the agent waited for then.
 */
function provenBoots(view: PodView, container: string, slot: string): number {
  const waitedFor = view.desired?.containers[container]?.minBoot[slot] ?? 0
  const served = view.result === undefined || view.result.outcome === 'settled'
  return Math.max(bootsOf(view.pod, slot), served && view.stage === 'resting' ? waitedFor : 0)
}

function coldStep(view: PodView, container: SidecarContainer): ContainerStep {
  const oldImage = imageOf(view.pod, container.name)
  if (oldImage === undefined) {
    const sentence = `the pod lacks the container ${container.name}`
    return { kind: 'impossible', container, sentence }
  }
  if (oldImage === container.image) return { kind: 'keep', container }
  if (bootsOf(view.pod, container.name) === 0) {
    return { kind: 'fresh', container, targets: [container.name] }
  }
  return { kind: 'cold', container, oldImage }
}
