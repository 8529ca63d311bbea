import type { InterceptionStatus, InterceptionToggle } from '../../api/interception/status.ts'
import { hookOutcomes, interceptionStates } from '../../api/interception/status.ts'
import { hookNames } from '../../api/interception/hook.ts'
import { exposition, Histogram, Values } from '../metrics/exposition.ts'
import type { HookRecord } from './toggle/state.ts'

/** From a change of rules, which takes some milliseconds, to a disable with hooks and timer. */
const DURATION_BOUNDS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15, 30, 60, 120]
const targets = ['On', 'Off', 'Failed'] as const

/** Metrics of interception. Every label set is there from the start. */
export class InterceptionMetrics {
  readonly #state = new Values(
    'gauge',
    'baton_interception_state',
    '1 for the state of interception in this pod, 0 for the others.',
  )
  readonly #verified = new Values(
    'gauge',
    'baton_interception_verified',
    "1 while the kernel's rules are those that are wanted.",
  )
  readonly #toggles = new Values(
    'counter',
    'baton_interception_toggles_total',
    'Toggles and changes of rules that have ended, by where they came to.',
  )
  readonly #durations = new Histogram(
    'baton_interception_toggle_duration_seconds',
    'From the order to the end of a toggle, hooks and timer included.',
    DURATION_BOUNDS_SECONDS,
  )
  readonly #hooks = new Values(
    'counter',
    'baton_interception_hooks_total',
    'Hooks that were called around toggles, by outcome.',
  )
  readonly #repairs = new Values(
    'counter',
    'baton_interception_repairs_total',
    'Rules that somebody else had changed and that were put back.',
  )
  readonly #bypasses = new Values(
    'counter',
    'baton_interception_bypasses_total',
    'Times that the rules went off because the proxy did not serve.',
  )

  constructor() {
    for (const state of interceptionStates) this.#state.set({ state }, 0)
    this.#verified.set({}, 0)
    for (const to of targets) {
      this.#toggles.add({ to }, 0)
      this.#durations.init({ to })
    }
    for (const hook of hookNames) {
      for (const outcome of hookOutcomes) this.#hooks.add({ hook, outcome }, 0)
    }
    this.#repairs.add({}, 0)
    this.#bypasses.add({}, 0)
  }

  toggled({ to, durationSeconds }: InterceptionToggle): void {
    this.#toggles.add({ to }, 1)
    this.#durations.observe({ to }, durationSeconds)
  }

  hookEnded({ name, outcome }: HookRecord): void {
    this.#hooks.add({ hook: name, outcome }, 1)
  }

  repaired(): void {
    this.#repairs.add({}, 1)
  }

  bypassed(): void {
    this.#bypasses.add({}, 1)
  }

  /** The gauges follow what `GET /status` shows. */
  show({ state: current, verified }: InterceptionStatus): void {
    for (const state of interceptionStates) this.#state.set({ state }, state === current ? 1 : 0)
    this.#verified.set({}, verified ? 1 : 0)
  }

  format(): string {
    return exposition([
      this.#state,
      this.#verified,
      this.#toggles,
      this.#durations,
      this.#hooks,
      this.#repairs,
      this.#bypasses,
    ])
  }
}
