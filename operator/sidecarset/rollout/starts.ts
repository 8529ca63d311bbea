import { matchesSelector } from '../../../api/labelSelector.ts'
import type { Permission } from '../analysis/verdict.ts'
import type { CanaryOutcome, StepView } from '../canary/advance.ts'
import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import { growthBefore } from '../resize/growth.ts'
import { counted } from '../counted.ts'
import { allowedUnavailable, keptPods } from './budget.ts'
import { isDraining } from './draining.ts'
import type { ContainerStep } from './containerSteps.ts'
import type { Decision, IdleReason } from './decision.ts'
import { byUpgradeOrder } from './order.ts'
import type { RolloutInput } from './plan.ts'
import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'

/** Whether a node has an image. `failed` carries the kubelet's message. */
export type ImageState =
  | { readonly kind: 'present' }
  | { readonly kind: 'pulling' }
  | { readonly kind: 'failed'; readonly message: string }

/** A pod that can be brought to the target. */
export interface Candidate {
  readonly view: PodView
  readonly steps: readonly ContainerStep[]
}

export interface StartsInput {
  readonly input: RolloutInput
  readonly views: readonly PodView[]
  readonly candidates: readonly Candidate[]
  readonly target: Revision
  readonly stopped: boolean
  readonly rollback: boolean
  readonly canary: Pick<CanaryOutcome, 'view' | 'room'>
  readonly permission: Permission
}

/** No steps limit what starts. */
export const NO_CANARY: StartsInput['canary'] = { view: undefined, room: Infinity }
/** No analysis stands in the way. */
export const PROCEED: Permission = { kind: 'proceed', verdict: { kind: 'none' } }

export interface Starts {
  readonly decisions: readonly Decision[]
  readonly wantedImages: readonly { readonly node: string; readonly image: string }[]
  /** Pods that begin their upgrade now. */
  readonly started: number
  readonly waiting: number
  readonly kept: number
  readonly imageFailure: string | undefined
}

/** Nodes on which images are pulled ahead of need, at least. */
const NODES_AHEAD = 5

/** Candidates that `updateStrategy.selector` lets upgrade. */
export function selectedOf(
  candidates: readonly Candidate[],
  { selector }: DefaultedUpdateStrategy,
): readonly Candidate[] {
  if (selector === undefined) return candidates
  return candidates.filter(({ view }) => matchesSelector(selector, view.pod.metadata.labels))
}

/**
 * Chooses the pods that start now: selector, order, partition, images, steps of the canary, then
 * maxUnavailable.
 */
export function chooseStarts(given: StartsInput): Starts {
  const { input, views, candidates, target, rollback, canary } = given
  const { strategy } = input.set
  const decisions: Decision[] = []
  const idle = (one: Candidate, reason: IdleReason, sentence: string): void => {
    decisions.push({ kind: 'none', view: one.view, reason, sentence })
  }

  let rest = [...candidates].sort((left, right) => byUpgradeOrder(left.view, right.view))
  if (!rollback) {
    const selected = new Set(selectedOf(rest, strategy))
    for (const one of rest.filter((other) => !selected.has(other))) {
      idle(one, 'NotSelected', 'updateStrategy.selector does not match the pod')
    }
    rest = rest.filter((one) => selected.has(one))
  }
  const keptCount = rollback ? 0 : keptPods(strategy.partition, views.length)
  const cut = Math.max(0, rest.length - keptCount)
  for (const one of rest.slice(cut)) {
    idle(one, 'KeptByPartition', `updateStrategy.partition keeps ${counted(keptCount, 'pod')}`)
  }
  const kept = rest.length - cut
  rest = rest.slice(0, cut)

  const closed = closedReason(given)
  if (closed !== undefined) {
    for (const one of rest) idle(one, closed.reason, closed.sentence)
    const nothing = { wantedImages: [], started: 0, imageFailure: undefined }
    return { ...nothing, decisions, waiting: rest.length, kept }
  }

  // A pod that is not ready says nothing about a revision.
  if (canary.view !== undefined) {
    rest = [...rest.filter(({ view }) => view.ready), ...rest.filter(({ view }) => !view.ready)]
  }
  const images = lookAtImages(rest, given)
  const allowed = allowedUnavailable(strategy.maxUnavailable, views.length)
  let used = views.filter((view) => isUnavailable(view, target)).length
  let started = 0
  for (const one of rest) {
    const state = images.states.get(one.view.key) ?? { kind: 'present' }
    if (input.unwritable.has(one.view.key)) {
      idle(one, 'WriteFailed', 'the last write was refused; it is tried again later')
    } else if (images.failure !== undefined && (!rollback || state.kind === 'failed')) {
      idle(one, 'ImagePullFailed', images.failure)
    } else if (state.kind !== 'present') {
      idle(one, 'ImagePulling', 'the new image is being pulled on the node')
    } else if (started >= canary.room) {
      idle(one, 'CanaryStep', stepSentence(canary.view))
    } else if (one.view.ready && used >= allowed) {
      idle(
        one,
        'MaxUnavailable',
        `in flight or not ready: ${counted(used, 'pod')}, allowed: ${allowed}`,
      )
    } else if (isDraining(one, input)) {
      idle(one, 'StillDraining', 'the old process of the last upgrade still has connections')
    } else {
      if (one.view.ready) used += 1
      started += 1
      decisions.push(startOf(one, given))
    }
  }
  const waiting = rest.length - started
  return {
    decisions,
    wantedImages: images.wanted,
    started,
    waiting,
    kept,
    imageFailure: images.failure,
  }
}

/** The next thing to do with a pod whose turn it is. */
function startOf(one: Candidate, { input, target }: StartsInput): Decision {
  const { view, steps } = one
  const quick = steps.every((step) => step.kind === 'keep' || step.kind === 'swap')
  if (quick) return { kind: 'swapBack', view, steps, target }
  const growth = growthBefore({ ...one, note: input.resizes.get(view.key), now: input.now })
  switch (growth.kind) {
    case 'resize':
      return { kind: 'resize', view, purpose: 'growth', sizes: growth.sizes }
    case 'wait':
      return { kind: 'none', view, reason: 'Resizing', sentence: growth.sentence }
    case 'none': {
      const { obstacle } = growth
      const told = obstacle === undefined ? {} : { resizeObstacle: obstacle }
      return { kind: 'startUpgrade', view, steps, target, ...told }
    }
  }
}

function closedReason({
  input,
  stopped,
  rollback,
  permission,
}: StartsInput): { readonly reason: IdleReason; readonly sentence: string } | undefined {
  const { strategy } = input.set
  if (strategy.type === 'NotUpdate') {
    return { reason: 'NotUpdate', sentence: 'updateStrategy.type is NotUpdate' }
  }
  if (strategy.paused) {
    return { reason: 'Paused', sentence: 'updateStrategy.paused is true' }
  }
  if (stopped && !rollback) {
    return { reason: 'RolloutStopped', sentence: 'too many pods failed' }
  }
  const { kind, verdict } = permission
  if (verdict.kind === 'none' || kind === 'proceed' || kind === 'hold') return undefined
  return { reason: 'Analysis', sentence: verdict.sentence }
}

function stepSentence(view: StepView | undefined): string {
  const { step = 0, of = 0, goal = 0 } = view ?? {}
  return `step ${step} of ${of} is for ${counted(goal, 'pod')}`
}

/** In flight, or upgraded and not ready since: such a pod uses up maxUnavailable. */
function isUnavailable(view: PodView, target: Revision): boolean {
  if (view.stage !== 'resting') return true
  const running = view.pod.status?.phase === 'Running'
  return view.entry.hash === target.hash && running && !view.ready
}

function lookAtImages(
  candidates: readonly Candidate[],
  { input, views }: StartsInput,
): {
  readonly states: ReadonlyMap<string, ImageState>
  readonly wanted: Starts['wantedImages']
  readonly failure: string | undefined
} {
  const states = new Map<string, ImageState>()
  const { strategy } = input.set
  if (!strategy.prefetchImages) return { states, wanted: [], failure: undefined }
  const nodesAhead = Math.max(
    NODES_AHEAD,
    2 * allowedUnavailable(strategy.maxUnavailable, views.length),
  )
  const nodes = new Set<string>()
  const wanted = new Map<string, { readonly node: string; readonly image: string }>()
  let failure: string | undefined
  for (const { view, steps } of candidates) {
    const node = view.pod.spec?.nodeName ?? ''
    const needed = node === '' ? [] : imagesOf(steps)
    const found = needed.map((image) => ({ image, state: input.imageState(node, image) }))
    for (const { image, state } of found) {
      if (state.kind === 'present') continue
      if (state.kind === 'failed') failure ??= `${image} on ${node}: ${state.message}`
      if (nodes.size < nodesAhead) nodes.add(node)
      if (nodes.has(node)) wanted.set(`${node} ${image}`, { node, image })
    }
    const worst = found.find(({ state }) => state.kind !== 'present')
    if (worst !== undefined) states.set(view.key, worst.state)
  }
  return { states, wanted: [...wanted.values()], failure }
}

/** Images the kubelet may have to pull for these steps. */
function imagesOf(steps: readonly ContainerStep[]): string[] {
  return steps.flatMap((step) => {
    const { image = '' } = step.container
    // Without the empty image an upgrade could not end.
    if (step.kind === 'migrate') return [image, step.emptyImage]
    return step.kind === 'patch' || step.kind === 'cold' ? [image] : []
  })
}
