import type { AgentStatus } from '../../../api/agentStatus.ts'
import { counted } from '../counted.ts'
import { isBypassed } from './podStatus.ts'
import type { PodView } from './podView.ts'
import type { Revision } from './revision.ts'

export interface UnavailableInput {
  readonly target: Revision
  /** By pod key. */
  readonly agents: ReadonlyMap<string, AgentStatus>
  /** In a rollback the version that is good serves already when the other one drains. */
  readonly rollback: boolean
  /** As RolloutInput has it. */
  readonly open?: ReadonlySet<string> | undefined
  /** Milliseconds since the epoch. */
  readonly now: number
}

/** A pod that uses up maxUnavailable, and a clause that says why. */
export interface Unavailable {
  readonly view: PodView
  readonly why: string
}

/** In flight, or upgraded and not ready since, or bypassed: such a pod uses up maxUnavailable. */
export function unavailableOf(
  views: readonly PodView[],
  input: UnavailableInput,
): readonly Unavailable[] {
  return views.flatMap((view): readonly Unavailable[] => {
    if (view.stage !== 'resting') {
      if (input.rollback && drains(view, input)) return []
      return [{ view, why: flightText(view, input) }]
    }
    if (input.open?.has(view.key) === true && view.entry.hash !== input.target.hash) {
      return [{ view, why: 'may be in flight: the answer to its last write was lost' }]
    }
    const running = view.pod.status?.phase === 'Running'
    if (view.entry.hash !== input.target.hash || !running) return []
    if (!view.ready) return [{ view, why: 'is upgraded and not ready' }]
    // Its app is served, but not by the version that is rolled out.
    return isBypassed(view.pod) ? [{ view, why: 'is upgraded and its proxy is bypassed' }] : []
  })
}

/** `shop/web-0 is still draining 12 connections, 9 s left; shop/web-1 …`, at most three of them. */
export function unavailableText(list: readonly Unavailable[]): string {
  const shown = list.slice(0, 3).map(({ view, why }) => `${view.key} ${why}`)
  const more = list.length - shown.length
  return [...shown, ...(more > 0 ? [`${more} more`] : [])].join(', ')
}

type Handover = NonNullable<AgentStatus['containers'][string]['handover']>

function handoversOf(view: PodView, { agents }: UnavailableInput): readonly Handover[] {
  const agent = agents.get(view.key)
  return (view.state?.hot ?? []).flatMap((name) => {
    const handover = agent?.containers[name]?.handover
    const isIts = handover?.id === view.desired?.containers[name]?.handover
    return handover === undefined || handover === null || !isIts ? [] : [handover]
  })
}

function drains(view: PodView, input: UnavailableInput): boolean {
  const { hot = [], step } = view.state ?? {}
  const handovers = handoversOf(view, input)
  const all = handovers.length === hot.length && hot.length > 0
  return step === 'hot' && all && handovers.every(({ phase }) => phase === 'Draining')
}

function flightText(view: PodView, input: UnavailableInput): string {
  const { state } = view
  if (view.stage === 'toRevert') return 'goes back after a failure'
  if (state?.step === 'reset') return 'is resetting its old slot'
  if (state?.step === 'cold') return 'is restarting containers'
  const draining = handoversOf(view, input).find(({ phase }) => phase === 'Draining')
  if (draining !== undefined) return drainText(view, draining, input.now)
  const [starting] = handoversOf(view, input)
  if (starting?.phase === 'Confirming') return 'is being confirmed'
  return starting === undefined ? 'is being upgraded' : 'is starting the new version'
}

function drainText(view: PodView, handover: Handover, now: number): string {
  const timers = Object.values(view.desired?.containers ?? {})
    .filter((one) => one.handover === handover.id)
    .map(({ drain }) => drain.timerSeconds)
  const since = Date.parse(handover.drainStartedAt ?? handover.servingAt ?? '')
  const left = Math.ceil(Math.max(0, ...timers) - (now - since) / 1000)
  const rest = Number.isNaN(left) ? '' : `, ${Math.max(0, left)} s left`
  return `is still draining ${counted(handover.connectionsLeft, 'connection')}${rest}`
}
