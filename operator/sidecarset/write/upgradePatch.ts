import type { DesiredContainer } from '../../../api/desired.ts'
import type { ContainerStep } from '../rollout/containerSteps.ts'
import type { PodView } from '../rollout/podView.ts'
import type { Revision } from '../rollout/revision.ts'
import type { Migration, UpgradeState } from '../rollout/upgradeState.ts'
import { nextAttemptId } from './attemptId.ts'
import { handoverTerms } from './handoverTerms.ts'
import { instancesOf, podPatch } from './podPatch.ts'
import { parseSlotImages, rememberImage, resizeBefore } from './slotImages.ts'

export interface UpgradeInput {
  readonly view: PodView
  readonly set: string
  readonly target: Revision
  readonly steps: readonly ContainerStep[]
  /** Resizes are refused here: none is asked for. Defaults to false. */
  readonly withoutResize?: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A write on a pod: a resize comes first, after which the patch must be made anew. */
export type PodWrite =
  | { readonly kind: 'resize'; readonly patch: object }
  | { readonly kind: 'patch'; readonly patch: object }

/** The one PATCH that begins an upgrade of a pod, or the resize that must come before it. */
export function upgradeWrite(input: UpgradeInput): PodWrite {
  const { view, set, target, steps, now } = input
  const hot = steps.filter((step) => step.kind === 'swap' || step.kind === 'patch')
  const cold = steps.filter((step) => step.kind === 'cold')
  const migrating = migrationsOf(steps)
  const moves = hot.length + Object.keys(migrating).length > 0
  // Hot containers finish before cold ones restart.
  const coldNow = moves ? [] : cold
  const images = newImages([...steps.filter((step) => step.kind !== 'cold'), ...coldNow])
  const resize = firstResize(input, images)
  if (resize !== undefined) return { kind: 'resize', patch: resize }

  const waits = moves || cold.length > 0
  const id = nextAttemptId(view, target.hash)
  const state: UpgradeState = {
    revision: target.hash,
    number: target.number,
    updateTimestamp: new Date(now).toISOString(),
    ...(waits ? { id, startedAt: new Date(now).toISOString() } : {}),
    step: firstStep(steps),
    hot: waits ? hot.map((step) => step.container.name) : stillDraining(view),
    ...(Object.keys(migrating).length === 0 ? {} : { migrating }),
    lastContainerStatuses: instancesOf(view.pod, [
      ...coldNow.map((step) => step.container.name),
      ...Object.values(migrating).map(({ withdrawn, from, to }) => (withdrawn ? from : to)),
    ]),
    from: {
      revision: view.entry.hash,
      slots: Object.fromEntries(hot.map((step) => [step.container.name, step.from])),
      images: Object.fromEntries(cold.map((step) => [step.container.name, step.oldImage])),
    },
  }
  const patch = podPatch(view, {
    set,
    revision: target,
    state,
    desired: newDesired(input, id),
    working: slotsOf(steps, ['swap', 'patch', 'migrate'], 'to'),
    emptied: slotsOf(steps, ['withdraw'], 'from'),
    images,
    slotImages: rememberAll(view, images, now),
    now,
  })
  return { kind: 'patch', patch }
}

/** The PATCH that restarts the cold containers of a pod whose hot ones are through. */
export function coldWrite(
  input: Omit<UpgradeInput, 'steps'> & { readonly state: UpgradeState },
): PodWrite {
  const { view, set, target, state, now } = input
  const names = Object.keys(state.from.images)
  const { initContainers = [], containers = [] } = target.template
  const images = Object.fromEntries(
    [...initContainers, ...containers]
      .filter((container) => names.includes(container.name))
      .map((container) => [container.name, container.image ?? '']),
  )
  const resize = firstResize(input, images)
  if (resize !== undefined) return { kind: 'resize', patch: resize }
  const patch = podPatch(view, {
    set,
    revision: target,
    state: {
      ...state,
      step: 'cold',
      updateTimestamp: new Date(now).toISOString(),
      lastContainerStatuses: instancesOf(view.pod, names),
    },
    desired: {},
    working: {},
    images,
    slotImages: rememberAll(view, images, now),
    now,
  })
  return { kind: 'patch', patch }
}

/** A write that starts nothing must not hide that the upgrade before it may still drain. */
function stillDraining({ state }: PodView): readonly string[] {
  return state === undefined || state.reverted === true ? [] : state.hot
}

type SlotStep = Extract<ContainerStep, { readonly to: string }>

/** The slot on one side of these steps, by container. */
function slotsOf(
  steps: readonly ContainerStep[],
  kinds: readonly SlotStep['kind'][],
  side: 'from' | 'to',
): Record<string, string> {
  const chosen = steps.filter((step): step is SlotStep => 'to' in step && kinds.includes(step.kind))
  return Object.fromEntries(chosen.map((step) => [step.container.name, step[side]]))
}

function firstStep(steps: readonly ContainerStep[]): UpgradeState['step'] {
  const has = (...kinds: readonly ContainerStep['kind'][]): boolean =>
    steps.some(({ kind }) => kinds.includes(kind))
  if (has('swap', 'patch', 'migrate')) return 'hot'
  return has('withdraw') ? 'reset' : 'cold'
}

function migrationsOf(steps: readonly ContainerStep[]): Record<string, Migration> {
  const result: Record<string, Migration> = {}
  for (const step of steps) {
    if (step.kind === 'migrate') {
      const { from, to, idleImage, emptyImage } = step
      result[step.container.name] = { from, to, idleImage, emptyImage }
    }
    if (step.kind === 'withdraw') {
      const { from, to, emptyImage } = step
      result[step.container.name] = { from, to, idleImage: emptyImage, emptyImage, withdrawn: true }
    }
  }
  return result
}

/** Image by container or slot, for everything these steps patch. */
function newImages(steps: readonly ContainerStep[]): Record<string, string> {
  const pairs = steps.flatMap((step): [string, string][] => {
    const image = step.container.image ?? ''
    if (step.kind === 'patch' || step.kind === 'migrate') return [[step.to, image]]
    if (step.kind === 'withdraw') return [[step.from, step.emptyImage]]
    if (step.kind === 'fresh') return step.targets.map((target) => [target, image])
    return step.kind === 'cold' ? [[step.container.name, image]] : []
  })
  return Object.fromEntries(pairs)
}

function newDesired(
  { view, target, steps }: UpgradeInput,
  id: string,
): Record<string, DesiredContainer> {
  const result: Record<string, DesiredContainer> = {}
  for (const step of steps) {
    const { name, image = '' } = step.container
    const former = view.desired?.containers[name]
    if (former === undefined) continue
    const terms = handoverTerms(step.container)
    const renewed = { ...former, ...terms, revision: target.hash, image }
    result[name] =
      step.kind === 'swap' || step.kind === 'patch'
        ? {
            ...renewed,
            handover: id,
            active: step.to,
            minBoot: { ...former.minBoot, [step.to]: step.minBoot },
          }
        : renewed
  }
  return result
}

/** The resize that must come before these images can be had, if one must. */
export function firstResize(
  { view, now, withoutResize = false }: Pick<UpgradeInput, 'view' | 'now' | 'withoutResize'>,
  images: Readonly<Record<string, string>>,
): object | undefined {
  if (withoutResize) return undefined
  for (const [slot, image] of Object.entries(images)) {
    const resize = resizeBefore(view.pod, { slot, image, now })
    if (resize !== undefined) return resize
  }
  return undefined
}

/** The images that ran lately, with these. */
export function rememberAll(
  view: PodView,
  images: Readonly<Record<string, string>>,
  now: number,
): ReturnType<typeof parseSlotImages> {
  return Object.entries(images).reduce(
    (known, [slot, image]) => rememberImage(known, view.pod, { slot, image, now }),
    parseSlotImages(view.pod),
  )
}
