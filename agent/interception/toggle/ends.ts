import type { InterceptionState, InterceptionToggle } from '../../../api/interception/status.ts'
import type { Failure, State, Step } from './state.ts'
import type { World } from './world.ts'

/** The step has come to its end. */
export function finished(state: State, step: Step, world: World): State {
  const done: State = { ...state, step }
  return {
    ...state,
    base: step.to,
    order: step.target,
    failed: '',
    step: null,
    last: recordOf(done, world, step.to),
  }
}

/** The step was given up: what held before holds on, and it is not tried again. */
export function given(state: State, world: World, failure: Failure): State {
  const last = recordOf(state, world, 'Failed', failure)
  return { ...state, failed: state.step?.target.id ?? '', step: null, last }
}

export function recordOf(
  { step }: State,
  world: World,
  to: InterceptionState,
  failure: Failure | null = null,
): InterceptionToggle | null {
  if (step === null) return null
  const isOff = step.to === 'Off' && failure === null
  return {
    from: step.from,
    to,
    startedAt: new Date(step.begunWall).toISOString(),
    durationSeconds: Math.max(0, world.at - step.begunAt) / 1000,
    reason: failure?.reason ?? (step.quiet ? 'RulesChanged' : 'Ordered'),
    sentence: failure?.sentence ?? '',
    hooks: step.hooks,
    ...(isOff && world.connections !== null ? { connectionsLeft: world.connections } : {}),
  }
}
