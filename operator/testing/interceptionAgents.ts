import type { Interception } from '../../api/interception/desired.ts'
import type { InterceptionStatus, InterceptionToggle } from '../../api/interception/status.ts'
import type { Pod } from '../../runtime/client/kinds.ts'
import { ORDERED_ANNOTATION, writtenOn } from '../interception/podView.ts'

export interface InterceptionAgentsOptions {
  /** Pods (by name) whose hook `offline` fails. */
  readonly brokenHooks?: ReadonlySet<string>
  /** Pods whose proxy is dead. */
  readonly deadProxies?: ReadonlySet<string>
  /** Toggles do not end while this is true. */
  readonly holdToggles?: () => boolean
}

/** The part of agents that switches interception, as they obey what is written on their pods. */
export interface InterceptionAgents {
  /** Toggles that were carried out, `pod: on` or `pod: off`, in order. */
  readonly toggles: readonly string[]
  /** Lets the agent of a pod look at what is written on it; undefined for pods that are told nothing. */
  look(pod: Pod): InterceptionStatus | undefined
}

export function createInterceptionAgents(options: InterceptionAgentsOptions): InterceptionAgents {
  const toggles: string[] = []
  const states = new Map<string, InterceptionStatus>()
  return {
    toggles,
    look: (pod) => {
      const order = writtenOn(pod)
      if (order === undefined) return undefined
      const { name } = pod.metadata
      const before = states.get(name)
      const after = step(name, before, order)
      const isNew = after.state !== before?.state || after.id !== before.id
      const isBegun =
        before !== undefined || pod.metadata.annotations?.[ORDERED_ANNOTATION] !== undefined
      const done = { On: 'on', Off: 'off', Bypassed: 'bypassed', Failed: 'failed' } as const
      const word = after.state in done ? done[after.state as keyof typeof done] : undefined
      if (isNew && isBegun && word !== undefined) toggles.push(`${name}: ${word}`)
      states.set(name, after)
      return after
    },
  }

  function step(
    name: string,
    before: InterceptionStatus | undefined,
    order: Interception,
  ): InterceptionStatus {
    const busy = order.enabled ? 'Enabling' : 'Disabling'
    if (before?.id !== order.id) return { ...idle, id: order.id, state: busy }
    const isDead = options.deadProxies?.has(name) === true && order.enabled
    if (before.state === 'Failed' || before.state === 'Off') return before
    if (isDead) return { ...before, state: 'Bypassed', message: 'its process exited with code 1' }
    if (before.state === 'Bypassed' || before.state === 'On') return { ...before, state: 'On' }
    if (options.holdToggles?.() === true) return before
    if (options.brokenHooks?.has(name) === true && order.enabled) {
      return { ...before, state: 'Failed', lastToggle: failedToggle }
    }
    const state = order.enabled ? 'On' : 'Off'
    return { ...before, state, verified: true, lastToggle: { ...goodToggle, to: state } }
  }
}

const idle: Omit<InterceptionStatus, 'id' | 'state'> = {
  phase: 'Idle',
  rules: { v4: null, v6: null },
  verified: false,
  probe: null,
  lastToggle: null,
  repairs: 0,
  bypasses: 0,
  message: '',
}
const goodToggle: InterceptionToggle = {
  from: 'Off',
  to: 'On',
  startedAt: '2025-01-01T00:00:00Z',
  durationSeconds: 0.42,
  reason: '',
  sentence: '',
  hooks: [{ name: 'offline', outcome: 'Succeeded', durationSeconds: 0.1, detail: '' }],
}
const failedToggle: InterceptionToggle = {
  ...goodToggle,
  reason: 'HookFailed',
  sentence: 'the hook offline failed: POST http://127.0.0.1:8080/offline was answered with 500.',
  hooks: [{ name: 'offline', outcome: 'Failed', durationSeconds: 0.1, detail: '500' }],
}
