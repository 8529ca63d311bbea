import type { AgentContainerStatus } from '../../../api/agentStatus.ts'
import { slotNames } from '../../../api/group.ts'
import type { RevisionTemplate } from '../../../api/revision.ts'
import type { SidecarContainer } from '../../../api/v1beta1/sidecarset.ts'
import { mayDrain } from '../rollout/draining.ts'
import type { PodView } from '../rollout/podView.ts'
import type { RolloutInput } from '../rollout/plan.ts'
import { LARGEST_DETOUR } from './growth.ts'
import { resizeId } from './resizeMemory.ts'
import { isApplied, isAtLeast, requestedSize, sizesOf } from './slotSize.ts'
import type { SlotSize } from './slotSize.ts'

/** What the slots of a pod need beside upgrades. */
export interface Upkeep {
  /** Undefined when there is nothing to change. */
  readonly sizes: Readonly<Record<string, SlotSize>> | undefined
  /** An idle slot is larger than it need be, and only the agent knows whether something drains there. */
  readonly needsAgent: boolean
  /** The API server refused what is needed; it is asked again when that is forgotten. */
  readonly isRefused: boolean
}

/** A look that knows of the pod alone. */
const THE_POD_ALONE = { agents: new Map(), resizes: new Map(), now: 0 } as const

/** Does the pod rest, and have its slots the sizes of the template, whatever agent and clock say? */
export function isSized(view: PodView, template: RevisionTemplate): boolean {
  upkeepOf(view, template, THE_POD_ALONE)
  return sized.get(view) === template
}

/** Pods that rest and whose slots have the sizes of a template, whatever agent and clock say. */
const sized = new WeakMap<PodView, RevisionTemplate>()

const NOTHING: Upkeep = { sizes: undefined, needsAgent: false, isRefused: false }

/**
 * The slot that serves has full requests, the idle one next to none: whatever happened before, so an
 * operator that takes over needs to know nothing.
 *
 * A slot that was just switched to without a restart, a warm standby, grows here and not before: a
 * rollback must not wait for a resize, and until the kubelet has done it only the scheduler and the
 * CPU weight see the difference, since the limits are the same. See docs/adr/0005.
 */
export function upkeepOf(
  view: PodView,
  template: RevisionTemplate,
  { agents, resizes, now }: Pick<RolloutInput, 'agents' | 'resizes' | 'now'>,
): Upkeep {
  if (view.stage === 'toRevert' || sized.get(view) === template) return NOTHING
  const agent = agents.get(view.key)
  const all = [...(template.initContainers ?? []), ...(template.containers ?? [])]
  const grown: Record<string, SlotSize> = {}
  const shrunk: Record<string, SlotSize> = {}
  let isSized = view.stage === 'resting'
  let needsAgent = false
  let isShrinking = false
  for (const container of all) {
    const active = view.desired?.containers[container.name]?.active
    if (active === undefined) continue
    const status = agent?.containers[container.name]
    const large = grownSize(view, container, active, status)
    if (large !== undefined) grown[active] = large
    const idle = slotNames(container.name).find((slot) => slot !== active) ?? ''
    if (!isApplied(view.pod, idle)) isShrinking = true
    const small = shrunkSize(view, container, idle)
    if (large !== undefined || small !== undefined) isSized = false
    if (small === undefined || view.stage !== 'resting') continue
    const use = useOf(idle, active, status, mayDrain(view, now))
    if (use === 'idle') shrunk[idle] = small
    else needsAgent = true
  }
  if (isSized) sized.set(view, template)
  // Quotas count the larger of what a slot asks for and what it has, so what was refused room to
  // grow finds it only when the other slot has become small.
  const sizes = Object.keys(shrunk).length > 0 ? shrunk : isShrinking ? {} : grown
  const asked = Object.keys(sizes).length > 0
  const isRefused = asked && resizes.get(view.key)?.refused?.id === resizeId(sizes)
  return { sizes: asked && !isRefused ? sizes : undefined, needsAgent, isRefused }
}

/**
 * In flight only once the new process serves: a resize before that could hold its order up. And only
 * what is as small as Baton makes it: between other sizes an autoscaler may have chosen.
 */
function grownSize(
  { pod, stage, state }: PodView,
  container: SidecarContainer,
  active: string,
  status: AgentContainerStatus | undefined,
): SlotSize | undefined {
  const { full, standby } = sizesOf(pod, container)
  const present = requestedSize(pod, active)
  if (present === undefined || isAtLeast(present, full)) return undefined
  if (!isAbout(standby, present)) return undefined
  const handover = status?.handover
  const serves = handover?.id === state?.id && handover?.servingAt !== undefined
  if (stage === 'inFlight' && !(serves && status?.active === active)) return undefined
  return { cpu: Math.max(full.cpu, present.cpu), memory: Math.max(full.memory, present.memory) }
}

/** Only what was grown here is shrunk: another size is somebody else's. */
function shrunkSize(
  { pod }: PodView,
  container: SidecarContainer,
  idle: string,
): SlotSize | undefined {
  const { full, standby } = sizesOf(pod, container)
  const present = requestedSize(pod, idle)
  if (present === undefined || isAtLeast(standby, present)) return undefined
  return isAbout(full, present) && !isAtLeast(standby, full) ? standby : undefined
}

/** This size, or what the detours around back-offs have made of it. */
function isAbout(size: SlotSize, present: SlotSize): boolean {
  const most = { ...size, memory: size.memory + LARGEST_DETOUR }
  return isAtLeast(present, size) && isAtLeast(most, present)
}

function useOf(
  idle: string,
  active: string,
  status: AgentContainerStatus | undefined,
  isLikelyToDrain: boolean,
): 'idle' | 'unknown' {
  if (status === undefined) return isLikelyToDrain ? 'unknown' : 'idle'
  const runs = status.slots[idle]?.running === true
  return status.active === active && !runs ? 'idle' : 'unknown'
}
