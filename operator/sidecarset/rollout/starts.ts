import type { IntOrPercent } from '../../../api/v1beta1/sidecarset.ts'
import { matchesSelector } from '../../../api/labelSelector.ts'
import type { Permission } from '../analysis/verdict.ts'
import type { CanaryOutcome, StepView } from '../canary/advance.ts'
import type { DefaultedUpdateStrategy } from '../../../api/defaults/defaultedSpec.ts'
import type { Settled } from '../census/settled.ts'
import { upgradeOrder } from '../order/upgradeOrder.ts'
import { growthBefore } from '../resize/growth.ts'
import { counted } from '../counted.ts'
import { allowedUnavailable, keptPods } from './budget.ts'
import { isDraining } from './draining.ts'
import type { ContainerStep } from './containerSteps.ts'
import type { Decision, IdleReason } from './decision.ts'
import type { RolloutInput } from './plan.ts'
import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'
import { unavailableOf, unavailableText } from './unavailable.ts'
import type { Unavailable } from './unavailable.ts'
import { workloadBudgets } from './workloadBudgets.ts'

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
  /** The set's other pods. */
  readonly settled: Settled
  readonly candidates: readonly Candidate[]
  /** Keys of pods whose upgrade ends before those that are chosen here start. */
  readonly ending: ReadonlySet<string>
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
  /** Why the next pods do not start now, a clause. */
  readonly waitsFor: string | undefined
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
  const { input, views, settled, candidates, target, rollback, canary } = given
  const { strategy } = input.set
  const matched = views.length + settled.count
  const decisions: Decision[] = []
  const idle = (one: Candidate, reason: IdleReason, sentence: string): void => {
    decisions.push({ kind: 'none', view: one.view, reason, sentence })
  }

  let rest = upgradeOrder(candidates, strategy)
  if (!rollback) {
    const selected = new Set(selectedOf(rest, strategy))
    for (const one of rest.filter((other) => !selected.has(other))) {
      idle(one, 'NotSelected', 'updateStrategy.selector does not match the pod')
    }
    rest = rest.filter((one) => selected.has(one))
  }
  const keptCount = rollback ? 0 : keptPods(strategy.partition, matched)
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
    const waitsFor = closed.sentence
    return { ...nothing, decisions, waiting: rest.length, kept, waitsFor }
  }

  // A pod that is not ready says nothing about a revision.
  if (canary.view !== undefined) {
    rest = [...rest.filter(({ view }) => view.ready), ...rest.filter(({ view }) => !view.ready)]
  }
  const images = lookAtImages(rest, given, matched)
  const allowed = allowedUnavailable(strategy.maxUnavailable, matched)
  const { agents, now, open = new Set() } = input
  const remaining = views.filter(({ key }) => !given.ending.has(key))
  const unavailable = unavailableOf(remaining, { target, agents, rollback, now, open })
  let used = unavailable.length
  const budgets = workloadBudgets({
    ...{ views, settled, unavailable },
    limit: strategy.maxUnavailablePerWorkload,
  })
  let started = 0
  // Their room is kept for them, and taken by nobody else.
  let promised = rest.filter(({ view }) => open.has(view.key)).length
  // Thousands may wait for one budget.
  let spent: string | undefined
  for (const one of rest) {
    const isPromised = open.has(one.view.key)
    const needsRoom = one.view.ready && !isPromised
    const state = images.states.get(one.view.key) ?? { kind: 'present' }
    if (input.unwritable.has(one.view.key)) {
      idle(one, 'WriteFailed', writeText(input.refusal(one.view.key)))
    } else if (images.failure !== undefined && (!rollback || state.kind === 'failed')) {
      idle(one, 'ImagePullFailed', images.failure)
    } else if (state.kind !== 'present') {
      idle(one, 'ImagePulling', 'the new image is being pulled on the node')
    } else if (started + promised - Number(isPromised) >= canary.room) {
      idle(one, 'CanaryStep', stepSentence(canary.view))
    } else if (needsRoom && used >= allowed) {
      idle(
        one,
        'MaxUnavailable',
        (spent ??= budgetText({
          ...{ allowed, used, started, unavailable },
          limit: strategy.maxUnavailable,
        })),
      )
    } else if (needsRoom && budgets.left(one.view) <= 0) {
      idle(one, 'MaxUnavailablePerWorkload', budgets.sentence(one.view))
    } else if (isDraining(one, input)) {
      idle(one, 'StillDraining', 'the old process of the last upgrade still has connections')
    } else {
      if (isPromised) promised -= 1
      if (needsRoom) {
        used += 1
        budgets.take(one.view)
      }
      started += 1
      decisions.push(startOf(one, given))
    }
  }
  const waiting = rest.length - started
  return {
    waitsFor: waitsFor(decisions, unavailable),
    decisions,
    wantedImages: images.wanted,
    started,
    waiting,
    kept,
    imageFailure: images.failure,
  }
}

/** What the conditions say of it: pods in flight first, then why the next one does not start. */
function waitsFor(
  decisions: readonly Decision[],
  unavailable: readonly Unavailable[],
): string | undefined {
  const next = decisions.find((one) => one.kind === 'none' && !SETTLED.includes(one.reason))
  if (next?.kind !== 'none') {
    return unavailable.length === 0 ? undefined : unavailableText(unavailable)
  }
  return next.reason === 'MaxUnavailable' ? next.sentence : `${next.view.key}: ${next.sentence}`
}

/** Those pods wait for nothing that goes on. */
const SETTLED: readonly IdleReason[] = ['NotSelected', 'KeptByPartition', 'CanaryStep']

function writeText(refusal: string | undefined): string {
  return `it cannot be written, which is tried again: ${refusal ?? 'the last write was refused'}`
}

/** How much of the budget is left, what uses it up, and the line to change. */
function budgetText(given: {
  readonly allowed: number
  readonly used: number
  readonly started: number
  readonly unavailable: readonly Unavailable[]
  readonly limit: IntOrPercent
}): string {
  const { allowed, used, started, unavailable, limit } = given
  const starting = started === 0 ? [] : [`${counted(started, 'pod')} started now`]
  const users = unavailable.length === 0 ? [] : [unavailableText(unavailable)]
  const left = `${Math.max(0, allowed - used)} of ${allowed} may be unavailable`
  return `${left}: ${[...users, ...starting].join(', ')}; updateStrategy.maxUnavailable: ${limit}`
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

function lookAtImages(
  candidates: readonly Candidate[],
  { input }: StartsInput,
  matched: number,
): {
  readonly states: ReadonlyMap<string, ImageState>
  readonly wanted: Starts['wantedImages']
  readonly failure: string | undefined
} {
  const states = new Map<string, ImageState>()
  const { strategy } = input.set
  if (!strategy.prefetchImages) return { states, wanted: [], failure: undefined }
  const nodesAhead = Math.max(NODES_AHEAD, 2 * allowedUnavailable(strategy.maxUnavailable, matched))
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
