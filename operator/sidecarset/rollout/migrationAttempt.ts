import type { UpgradeFailureReason } from '../../../api/reasons.ts'
import type { ContainerInstance, Migration, UpgradeState } from './upgradeState.ts'
import { containerStatus, imageOf } from './podStatus.ts'
import type { PodView } from './podView.ts'

/** How the slots of sidecars that migrate by themselves stand in one step of an upgrade. */
export type MigrationVerdict =
  | { readonly kind: 'done'; readonly sentence: string }
  | { readonly kind: 'inFlight'; readonly sentence: string }
  | { readonly kind: 'failed'; readonly reason: UpgradeFailureReason; readonly sentence: string }

export interface MigrationInput {
  readonly view: PodView
  readonly state: UpgradeState
  readonly deadlineSeconds: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

type Entry = readonly [container: string, migration: Migration]
type Status = NonNullable<ReturnType<typeof containerStatus>>

/**
 * Another tag of one image is started anew and has the ID of the image before; so has a crash of the
 * image before. The kubelet ends a container within seconds once its image is another one (measured:
 * at most 1.8 s): what runs after this time is the new one.
 */
const SAME_IMAGE_MS = 15_000

/** Waiting there, a container will not run soon. A pull that failed once is not one of them. */
const HOPELESS = ['ImagePullBackOff', 'InvalidImageName', 'CrashLoopBackOff']

/** The new slots: each must run its image and be ready. What the app does is its own business. */
export function judgeStarts(input: MigrationInput): MigrationVerdict {
  const { state } = input
  const entries = Object.entries(state.migrating ?? {}).filter(([, one]) => one.withdrawn !== true)
  const waiting = entries.filter(([, { to }]) => !serves(input, to))
  if (waiting.length === 0) return { kind: 'done', sentence: '' }
  const hopeless = waiting.find(([, { to }]) => isHopeless(input, to))
  if (hopeless !== undefined) {
    return { kind: 'failed', reason: 'MigrationFailed', sentence: stays(input, hopeless) }
  }
  if (!isLate(input)) {
    const slots = waiting.map(([, { to }]) => to).join(', ')
    return { kind: 'inFlight', sentence: `${slots} is starting with the new image` }
  }
  const sentences = waiting.map((one) => stays(input, one)).join('; ')
  const sentence = `${sentences} after ${input.deadlineSeconds} s`
  return { kind: 'failed', reason: 'MigrationDeadlineExceeded', sentence }
}

/** The old slots: each must run the empty image. Whether that calls itself ready does not matter. */
export function judgeResets(input: MigrationInput): MigrationVerdict {
  const { view, state, deadlineSeconds } = input
  const entries = Object.entries(state.migrating ?? {})
  const waiting = entries.filter(([, { from }]) => !runsAnew(input, from))
  if (waiting.length === 0) {
    const sentences = entries.map(([name, one]) => arrival(view, name, one))
    return { kind: 'done', sentence: sentences.join(' ') }
  }
  const why = waiting.map(([, { from, emptyImage }]) => {
    return `${from} does not run ${emptyImage} (${stateOf(containerStatus(view.pod, from))})`
  })
  if (waiting.some(([, { from }]) => isHopeless(input, from))) {
    return { kind: 'failed', reason: 'ResetFailed', sentence: why.join('; ') }
  }
  const slots = waiting.map(([, { from }]) => from).join(', ')
  if (!isLate(input)) return { kind: 'inFlight', sentence: `${slots} is being reset` }
  const sentence = `${why.join('; ')} after ${deadlineSeconds} s`
  return { kind: 'failed', reason: 'ResetDeadlineExceeded', sentence }
}

function arrival(view: PodView, name: string, { from, to, withdrawn }: Migration): string {
  const image = imageOf(view.pod, to) ?? ''
  return withdrawn === true
    ? `${name} serves from ${to} with ${image} as before; ${from} is idle again.`
    : `${name} moved from ${from} to ${to} with ${image}; ${from} is idle.`
}

function serves(input: MigrationInput, slot: string): boolean {
  const status = containerStatus(input.view.pod, slot)
  return status?.ready === true && status.started !== false && runsAnew(input, slot)
}

/**
 * Does another container run there than before the write? Its ID alone may be that of a restart of the
 * image before, which the write has crossed.
 */
function runsAnew(input: MigrationInput, slot: string): boolean {
  const { view, state, now } = input
  const status = containerStatus(view.pod, slot)
  if (status?.state?.running === undefined) return false
  const before = state.lastContainerStatuses[slot]
  // Its image was the wanted one already, so nothing was restarted.
  if (before === undefined) return true
  if (!isAnother(status, before)) return false
  const hasOtherImage = (before.imageID ?? '') !== '' && status.imageID !== before.imageID
  return (
    hasOtherImage ||
    status.image === imageOf(view.pod, slot) ||
    now - startedAt(state) > SAME_IMAGE_MS
  )
}

function isAnother({ containerID = '' }: Status, before: ContainerInstance): boolean {
  return containerID !== '' && containerID !== before.containerID
}

/** Only what is said of the new image: the status may still tell of the one before. */
function isHopeless({ view, state }: MigrationInput, slot: string): boolean {
  const status = containerStatus(view.pod, slot)
  const { reason = '', message = '' } = status?.state?.waiting ?? {}
  if (status === undefined || !HOPELESS.includes(reason)) return false
  const before = state.lastContainerStatuses[slot]
  if (reason === 'CrashLoopBackOff') return before === undefined || isAnother(status, before)
  return message.includes(imageOf(view.pod, slot) ?? '')
}

function stays({ view }: MigrationInput, [name, { from, to }]: Entry): string {
  const why = stateOf(containerStatus(view.pod, to))
  return `${name} stays on ${from}: ${to} is not ready with ${imageOf(view.pod, to) ?? ''} (${why})`
}

function stateOf(status: Status | undefined): string {
  const { running, terminated, waiting } = status?.state ?? {}
  if (waiting !== undefined)
    return `${waiting.reason ?? 'Waiting'}: ${waiting.message ?? 'no message'}`
  if (terminated !== undefined) return `ended with code ${terminated.exitCode}`
  return running === undefined ? 'its state is not known' : 'it runs'
}

function isLate({ state, deadlineSeconds, now }: MigrationInput): boolean {
  return now > startedAt(state) + deadlineSeconds * 1000
}

function startedAt({ updateTimestamp }: UpgradeState): number {
  return Date.parse(updateTimestamp) || 0
}
