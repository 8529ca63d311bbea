import type { HookName, InterceptionHook } from '../../../api/interception/hook.ts'
import type { Interception } from '../../../api/interception/desired.ts'
import { begin } from './begin.ts'
import { finished, given } from './ends.ts'
import type { FailureReason, State, Step, StepPhase } from './state.ts'
import type { World } from './world.ts'

/** Rules take milliseconds; a proxy that is busy may take its time to accept a probe. */
export const PHASE_LIMIT_MS = 10_000
/** A launcher starts a crashed proxy again in 80 ms: that is not worth a bypass. */
export const BYPASS_AFTER_MS = 300

/** What returns sooner to a bypass than this has relapsed. */
const RELAPSE_MS = 60_000
const RETURN_AFTER_MS = { first: 1000, longest: 30_000 } as const

/**
 * How long a bypassed proxy must have served before traffic goes there again: one that crashes again
 * and again would take some requests with it each time.
 */
export function returnAfterMs({ relapses }: Pick<State, 'relapses'>): number {
  return Math.min(RETURN_AFTER_MS.longest, RETURN_AFTER_MS.first * 2 ** relapses)
}

/** Which hook each phase calls. */
export const hookOfPhase: Readonly<Partial<Record<StepPhase, HookName>>> = {
  OfflineHook: 'offline',
  OnlineHook: 'online',
  GracefulClose: 'gracefulClose',
  // An app that was told to leave its registry is told to come back.
  Undo: 'online',
}

/** The hook that is to be run in a state; null = none is, or it has run. */
export function pendingHook(
  state: State,
): { readonly name: HookName; readonly hook: InterceptionHook } | null {
  const { step } = state
  if (step === null || step.quiet) return null
  const name = hookOfPhase[step.phase]
  if (name === undefined || (step.phase === 'Undo' && step.hooks.length === 0)) return null
  const hook = step.target.hooks[name]
  return hook === undefined ? null : { name, hook }
}

/**
 * What a state becomes in the light of what is seen. Pure; the same object when nothing changes. Each
 * phase waits for its fact or its limit, so that an agent that was killed goes on by looking.
 */
export function advance(state: State, world: World): State {
  if (state.step === null) return idle(withServed(state, world), world)
  return phases[state.step.phase](withServed(state, world), state.step, world)
}

type Handler = (state: State, step: Step, world: World) => State

const phases: Readonly<Record<StepPhase, Handler>> = {
  OfflineHook: (state, step, world) => {
    // What is not there cannot take over: the app is not even told.
    if (world.proxy === 'down' && step.hooks.length === 0 && world.hook === null) {
      return isLate(step, world, PHASE_LIMIT_MS)
        ? given(state, world, failure('ProxyNotServing', 'the proxy does not serve on its ports'))
        : state
    }
    return afterHook(state, step, world, (next) => enter(state, next, 'RulesOn', world))
  },
  RulesOn: (state, step, world) => {
    if (world.rulesAreRight) return enter(state, step, 'Verify', world)
    return undoWhenLate(state, step, world, 'RulesNotWritten', 'the rules could not be written')
  },
  Verify: (state, step, world) => {
    if (world.rulesAreRight && world.probe === 'proxy') {
      return step.quiet || step.target.hooks.online === undefined
        ? finished(state, step, world)
        : enter(state, step, 'OnlineHook', world)
    }
    const sentence = 'the rules are on, but no connection of the agent came to the proxy'
    return undoWhenLate(state, step, world, 'ProbeNotSeen', sentence)
  },
  OnlineHook: (state, step, world) =>
    afterHook(state, step, world, (next) =>
      next.to === 'On' ? finished(state, next, world) : enter(state, next, 'Timer', world),
    ),
  GracefulClose: (state, step, world) =>
    afterHook(state, step, world, (next) => enter(state, next, 'RulesOff', world)),
  RulesOff: (state, step, world) => {
    if (world.rulesAreRight && world.probe === 'direct') {
      return enter(state, step, comesBack(step) ? 'OnlineHook' : 'Timer', world)
    }
    return undoWhenLate(state, step, world, 'RulesNotWritten', 'the rules could not be taken away')
  },
  Timer: (state, step, world) => {
    const isOver = isLate(step, world, step.target.drain.timerSeconds * 1000)
    // Whoever wants something else now need not wait: connections stay where they are anyway.
    const isSuperseded = world.wanted !== null && world.wanted.id !== step.target.id
    return isOver || world.connections === 0 || isSuperseded ? finished(state, step, world) : state
  },
  Undo: (state, step, world) => {
    const limit = PHASE_LIMIT_MS + (step.target.hooks.online?.timeoutSeconds ?? 0) * 1000
    const isTold = pendingHook(state) === null || world.hook !== null
    const isDone = world.rulesAreRight && isTold
    if (!isDone && !isLate(step, world, limit)) return state
    const hooks = world.hook === null ? step.hooks : [...step.hooks, world.hook]
    return given({ ...state, step: { ...step, hooks } }, world, step.failure ?? UNKNOWN)
  },
}

const UNKNOWN = failure('RulesNotWritten', 'it could not be completed')

/** Nothing is going on. */
function idle(state: State, world: World): State {
  const { wanted } = world
  if (wanted === null) return state
  if (wanted.id !== state.order?.id) {
    return wanted.id === state.failed ? guarded(state, world) : begin(state, wanted, world)
  }
  return guarded(state.failed === '' ? state : { ...state, failed: '' }, world)
}

/** Takes the rules away from a dead proxy, and gives them back to one that lives again. */
function guarded(state: State, world: World): State {
  const { base, order, hasServed } = state
  if (order === null) return state
  const isDown = world.proxy === 'down' && world.downMs >= BYPASS_AFTER_MS
  if (base === 'On' && isDown && hasServed && order.onProxyFailure === 'Bypass') {
    const isRelapse = state.resumedAt !== null && world.at - state.resumedAt < RELAPSE_MS
    const relapses = isRelapse ? state.relapses + 1 : 0
    return { ...state, base: 'Bypassed', bypasses: state.bypasses + 1, relapses }
  }
  const isBack = world.proxy === 'serves' && world.servesMs >= returnAfterMs(state)
  if (base === 'Bypassed' && isBack && world.probe === 'proxy') {
    return resumed(state, order, world)
  }
  return state
}

/**
 * An app that has left its registry for the graceful close comes back as soon as it is reached
 * directly: the timer is for connections that exist.
 */
function comesBack({ hooks, target }: Step): boolean {
  return hooks.length > 0 && target.hooks.online !== undefined
}

function resumed(state: State, order: Interception, world: World): State {
  const times = { begunAt: world.at, begunWall: world.wall, phaseSince: world.at }
  const step = { to: 'On', target: order, phase: 'RulesOn', from: 'Bypassed' } as const
  const resumed = { ...step, ...times, quiet: true, hooks: [], failure: null }
  return { ...state, resumedAt: world.at, step: resumed }
}

function withServed(state: State, world: World): State {
  return !state.hasServed && world.proxy === 'serves' ? { ...state, hasServed: true } : state
}

function enter(state: State, step: Step, phase: StepPhase, world: World): State {
  return { ...state, step: { ...step, phase, phaseSince: world.at } }
}

function isLate({ phaseSince }: Step, { at }: World, limitMs: number): boolean {
  return at - phaseSince >= limitMs
}

/** @param next what follows when the hook has run, or failed where that does not matter */
function afterHook(state: State, step: Step, world: World, next: (step: Step) => State): State {
  const pending = pendingHook(state)
  if (pending === null) return next(step)
  if (world.hook === null) return state
  const told = { ...step, hooks: [...step.hooks, world.hook] }
  if (world.hook.outcome === 'Succeeded' || pending.hook.onError === 'Continue') return next(told)
  const sentence = `the hook ${pending.name} failed: ${world.hook.detail}`
  return enter(state, { ...told, failure: failure('HookFailed', sentence) }, 'Undo', world)
}

function undoWhenLate(
  state: State,
  step: Step,
  world: World,
  reason: FailureReason,
  sentence: string,
): State {
  if (!isLate(step, world, PHASE_LIMIT_MS)) return state
  return enter(state, { ...step, failure: failure(reason, sentence) }, 'Undo', world)
}

function failure(reason: FailureReason, sentence: string) {
  return { reason, sentence: `${sentence}.` }
}
