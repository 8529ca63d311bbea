import { handoverOutcome } from '../../../api/agentStatus.ts'
import type { AgentContainerStatus, AgentStatus, HandoverStatus } from '../../../api/agentStatus.ts'
import type { DesiredContainer } from '../../../api/desired.ts'
import { assertNever } from './assertNever.ts'
import { judgeResets, judgeStarts } from './migrationAttempt.ts'
import { containerStatus } from './podStatus.ts'
import type { PodView } from './podView.ts'
import { handoverSentence, turnedBackSentence } from './handoverSentence.ts'
import type { UpgradeState } from './upgradeState.ts'

/** How an upgrade of one pod stands. `stepDone`: this step is through, another one comes next. */
export type Attempt =
  | { readonly kind: 'inFlight'; readonly sentence: string }
  | { readonly kind: 'stepDone'; readonly handovers: readonly HandoverStatus[] }
  | {
      readonly kind: 'settled'
      readonly sentence: string
      readonly handovers: readonly HandoverStatus[]
    }
  | {
      readonly kind: 'failed'
      readonly reason: string
      readonly sentence: string
      readonly handovers: readonly HandoverStatus[]
    }

export interface AttemptInput {
  readonly view: PodView
  readonly state: UpgradeState
  /** What the agent said just now; undefined when it did not answer. */
  readonly agent: AgentStatus | undefined
  /** Does the attempt change cold containers that wait for the hot ones? */
  readonly coldFollows: boolean
  /** For each step that is not the agent's. */
  readonly stepDeadlineSeconds: number
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** On top of what the agent is given, for the kubelet to restart the slot and the answer to come. */
const MARGIN_SECONDS = 30

/** Judges an upgrade that was begun and has no result yet. */
export function judgeAttempt(input: AttemptInput): Attempt {
  switch (input.state.step) {
    case 'hot':
      return judgeHot(input)
    case 'reset':
      return judgeReset(input)
    case 'cold':
      return judgeCold(input)
    default:
      return assertNever(input.state.step)
  }
}

/** Handovers and sidecars that migrate by themselves go on side by side. */
function judgeHot(input: AttemptInput): Attempt {
  const { state, stepDeadlineSeconds } = input
  if (state.migrating === undefined) return judgeHandovers(input)
  const handed: Attempt =
    state.hot.length === 0
      ? { kind: 'stepDone', handovers: [] }
      : judgeHandovers({ ...input, coldFollows: true })
  const migrated = judgeStarts({ ...input, deadlineSeconds: stepDeadlineSeconds })
  if (handed.kind === 'failed' || migrated.kind === 'done') return handed
  if (migrated.kind === 'inFlight') return migrated
  return { ...migrated, handovers: handed.kind === 'stepDone' ? handed.handovers : [] }
}

function judgeReset(input: AttemptInput): Attempt {
  const verdict = judgeResets({ ...input, deadlineSeconds: input.stepDeadlineSeconds })
  if (verdict.kind === 'inFlight') return verdict
  if (verdict.kind === 'failed') return { ...verdict, handovers: [] }
  if (input.coldFollows) return { kind: 'stepDone', handovers: [] }
  return { kind: 'settled', sentence: verdict.sentence, handovers: [] }
}

interface Wanted {
  readonly name: string
  readonly desired: DesiredContainer
  readonly status: AgentContainerStatus | undefined
}

function judgeHandovers({ view, state, agent, coldFollows, now }: AttemptInput): Attempt {
  const wanted = state.hot.flatMap((name): Wanted[] => {
    const desired = view.desired?.containers[name]
    return desired === undefined ? [] : [{ name, desired, status: agent?.containers[name] }]
  })
  const overwritten = state.hot.length !== wanted.length || wanted.some(isForeign(state))
  if (overwritten) {
    const sentence = 'baton.dev/desired was changed by somebody else in mid-upgrade'
    return { kind: 'failed', reason: 'Superseded', sentence, handovers: [] }
  }
  const judged = wanted.map((one) => ({ ...one, ...judgeContainer(one.desired, one.status) }))
  const handovers = judged.flatMap((one) => one.handover ?? [])
  const failed = judged.find((one) => one.outcome === 'failed')
  if (failed !== undefined) {
    const { reason = '', message = '' } = failed.handover ?? {}
    const sentence = `${failed.name} stays on ${failed.status?.active ?? 'the old slot'}: ${message}`
    return { kind: 'failed', reason: reason || 'Aborted', sentence, handovers }
  }
  if (judged.every((one) => one.outcome === 'settled')) {
    if (coldFollows) return { kind: 'stepDone', handovers }
    const back = judged.flatMap(({ name, status }) => {
      const handover = turnedBack(status, state)
      return handover === undefined ? [] : [{ name, handover }]
    })
    const sentences = [
      ...judged.map((one) => handoverSentence(one.name, one.desired, one.handover)),
      ...back.map((one) => turnedBackSentence(one.name, one.handover)),
    ]
    const all = [...handovers, ...back.map(({ handover }) => handover)]
    return { kind: 'settled', sentence: sentences.join(' '), handovers: all }
  }
  const started = Date.parse(state.updateTimestamp) || 0
  const seconds = Math.max(...wanted.map((one) => deadlineSeconds(one, agent)))
  if (now <= started + seconds * 1000) {
    const waiting = judged.filter((one) => one.outcome === 'inFlight').map((one) => one.name)
    return { kind: 'inFlight', sentence: `${waiting.join(', ')} is being handed over` }
  }
  return agent === undefined
    ? {
        kind: 'failed',
        reason: 'AgentUnreachable',
        sentence: `the agent did not answer within ${seconds} s; a NetworkPolicy may be in the way`,
        handovers,
      }
    : {
        kind: 'failed',
        reason: 'HandoverDeadlineExceeded',
        sentence: `the agent did not finish within ${seconds} s`,
        handovers,
      }
}

/**
 * The handover that this attempt turned back in mid-drain: its own attempt has no result of its own.
 * The agent keeps it until another one is turned back, so one that was over before does not count.
 */
function turnedBack(
  status: AgentContainerStatus | undefined,
  state: UpgradeState,
): HandoverStatus | undefined {
  const handover = status?.turnedBack
  const ended = Date.parse(handover?.settledAt ?? '')
  return ended < (Date.parse(state.updateTimestamp) || 0) ? undefined : handover
}

function isForeign(state: UpgradeState) {
  return ({ desired }: { readonly desired: DesiredContainer }): boolean =>
    desired.handover !== state.id
}

/**
 * An agent that answers has its own deadlines and gets time to use them up; it takes up an order
 * only when the drain before it has ended.
 */
function deadlineSeconds({ desired, status }: Wanted, agent: AgentStatus | undefined): number {
  const { startDeadlineSeconds, confirmSeconds, drain } = desired
  const own = startDeadlineSeconds + drain.timerSeconds + MARGIN_SECONDS
  if (agent === undefined) return own
  const drainsStill = status?.phase === 'Draining' && status.handover?.id !== desired.handover
  return own + startDeadlineSeconds + confirmSeconds + (drainsStill ? drain.maxSeconds : 0)
}

function judgeContainer(
  desired: DesiredContainer,
  status: AgentContainerStatus | undefined,
): {
  readonly outcome: 'inFlight' | 'settled' | 'failed'
  readonly handover: HandoverStatus | undefined
} {
  const handover = status?.handover
  if (handover?.id !== desired.handover) return { outcome: 'inFlight', handover: undefined }
  // Another slot stands in: the agent goes back to the wanted one as soon as that is there.
  const astray = handover.phase === 'FailedOver' && status?.active !== desired.active
  return { outcome: astray ? 'inFlight' : handoverOutcome(handover), handover }
}

function judgeCold(input: AttemptInput): Attempt {
  const { view, state, stepDeadlineSeconds, now } = input
  const names = Object.keys(state.lastContainerStatuses)
  const waiting = names.filter((name) => {
    const before = state.lastContainerStatuses[name]
    const status = containerStatus(view.pod, name)
    // The container's own readiness: an app that is not ready is none of our business.
    const renewed = status?.containerID !== undefined && status.containerID !== before?.containerID
    return !(renewed && status.state?.running !== undefined && status.ready)
  })
  if (waiting.length === 0) {
    const sentence = `${names.join(', ')} restarted with the new image.`
    return { kind: 'settled', sentence, handovers: [] }
  }
  const started = Date.parse(state.updateTimestamp) || 0
  if (now <= started + stepDeadlineSeconds * 1000) {
    return { kind: 'inFlight', sentence: `${waiting.join(', ')} is restarting` }
  }
  const messages = waiting.map((name) => {
    const why = containerStatus(view.pod, name)?.state?.waiting
    return `${name} is not ready (${why?.reason ?? 'Unknown'}: ${why?.message ?? 'no message'})`
  })
  return {
    kind: 'failed',
    reason: 'ColdUpgradeDeadlineExceeded',
    sentence: `${messages.join('; ')} after ${stepDeadlineSeconds} s`,
    handovers: [],
  }
}
