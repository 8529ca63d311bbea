import { agentToggleFailureReasons } from '../../../api/reasons.ts'
import type { Interception } from '../../../api/interception/desired.ts'
import type {
  InterceptionState,
  InterceptionToggle,
  TogglePhase,
} from '../../../api/interception/status.ts'

/** What the traffic of the pod does now. `Bypassed`: it should go through the proxy, which is dead. */
export const bases = ['Off', 'On', 'Bypassed'] as const
export type Base = (typeof bases)[number]

export type HookRecord = InterceptionToggle['hooks'][number]

/** Why a toggle is given up. */
export const failureReasons = agentToggleFailureReasons
export type FailureReason = (typeof failureReasons)[number]

export interface Failure {
  readonly reason: FailureReason
  readonly sentence: string
}

export type StepPhase = Exclude<TogglePhase, 'Idle'>

/** A toggle that is going on. */
export interface Step {
  readonly to: 'On' | 'Off'
  readonly target: Interception
  readonly phase: StepPhase
  /** State shown before. */
  readonly from: InterceptionState
  /** Nobody is told: rules change while interception is on, or come back after a bypass. */
  readonly quiet: boolean
  /** By the monotonic clock, in milliseconds; `begunWall` since 1970. */
  readonly begunAt: number
  readonly begunWall: number
  readonly phaseSince: number
  readonly hooks: readonly HookRecord[]
  /** Set while it is undone. */
  readonly failure: Failure | null
}

/** All that must survive the agent's death. */
export interface State {
  readonly base: Base
  /** Whose terms are in force; null before the first. */
  readonly order: Interception | null
  /** Id of the order that was given up, and is not tried again; empty = none. */
  readonly failed: string
  readonly step: Step | null
  readonly last: InterceptionToggle | null
  readonly repairs: number
  readonly bypasses: number
  /** The proxy has served once: a pod that starts is not bypassed. */
  readonly hasServed: boolean
  /** Since when traffic goes through the proxy again after a bypass, monotonic; null = never. */
  readonly resumedAt: number | null
  /** Bypasses in a row that followed soon on the return from the one before. */
  readonly relapses: number
}

export const initialState: State = {
  base: 'Off',
  order: null,
  failed: '',
  step: null,
  last: null,
  repairs: 0,
  bypasses: 0,
  hasServed: false,
  resumedAt: null,
  relapses: 0,
}

/** What the kernel's rules must be in a state. */
export interface WantedRules {
  readonly interception: Interception | null
  readonly bypassed: boolean
}

export function wantedRules({ base, order, step }: State): WantedRules {
  const before = rulesOf(base, order)
  if (step === null) return before
  switch (step.phase) {
    case 'OfflineHook':
    case 'GracefulClose':
    case 'Undo':
      return before
    case 'RulesOn':
    case 'Verify':
      return rulesOf('On', step.target)
    case 'OnlineHook':
      return rulesOf(step.to, step.target)
    case 'RulesOff':
    case 'Timer':
      return rulesOf('Off', step.target)
  }
}

function rulesOf(base: Base, order: Interception | null): WantedRules {
  if (order === null) return { interception: null, bypassed: false }
  return { interception: { ...order, enabled: base !== 'Off' }, bypassed: base === 'Bypassed' }
}

/**
 * Whether the app is served without its proxy now, so that a dead one is no reason to take the pod out
 * of service. Not before the proxy has served once, and not where clients may speak to the proxy
 * itself, since nothing that comes in is intercepted.
 */
export function doesWithoutProxy(state: State): boolean {
  const { interception, bypassed } = wantedRules(state)
  if (interception === null || interception.inbound === undefined) return false
  const isDirect = bypassed || !interception.enabled
  return state.hasServed && isDirect && interception.onProxyFailure === 'Bypass'
}

/** The state that `GET /status` shows. */
export function shownState({ base, failed, step }: State): InterceptionState {
  if (step === null) return failed === '' ? base : 'Failed'
  if (step.to === 'Off') return 'Disabling'
  return base === 'On' ? 'On' : 'Enabling'
}
