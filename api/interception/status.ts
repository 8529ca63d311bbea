import { array, boolean, literal, nullable, number, object, optional, string } from '../decode.ts'
import { hookNames } from './hook.ts'

/**
 * The field `interception` of the agent's `GET /status`; absent for pods that were injected without.
 * `Bypassed`: the proxy does not serve, so the rules are off until it does. `Failed`: the last toggle
 * was given up; the state before it holds.
 */
export const interceptionStates = [
  'Off',
  'Enabling',
  'On',
  'Disabling',
  'Bypassed',
  'Failed',
] as const
export type InterceptionState = (typeof interceptionStates)[number]

/** What is done right now in Enabling and Disabling; `Idle` in the others. */
export const togglePhases = [
  'Idle',
  'OfflineHook',
  'RulesOn',
  'Verify',
  'OnlineHook',
  'GracefulClose',
  'RulesOff',
  'Timer',
  'Undo',
] as const
export type TogglePhase = (typeof togglePhases)[number]

export const hookOutcomes = ['Succeeded', 'Failed', 'TimedOut'] as const

export const hookRecord = object({
  name: literal(...hookNames),
  outcome: literal(...hookOutcomes),
  durationSeconds: number,
  /** What went wrong, a clause; empty when nothing did. */
  detail: string,
})

export const interceptionToggle = object({
  from: literal(...interceptionStates),
  to: literal(...interceptionStates),
  /** RFC 3339. */
  startedAt: string,
  durationSeconds: number,
  /** Constant in UpperCamelCase. */
  reason: string,
  sentence: string,
  hooks: array(hookRecord),
  /** Connections that stay with the proxy when the timer of a disable is over. */
  connectionsLeft: optional(number),
})

const probe = object({
  /** RFC 3339. */
  at: string,
  /** Seen: the proxy accepted it. NotAccepted: it waits in the listener's queue. */
  outbound: nullable(literal('Seen', 'NotAccepted', 'Refused', 'Direct')),
  inbound: nullable(literal('Seen', 'NotAccepted', 'Refused', 'Direct')),
})

export const interceptionStatus = object({
  /** Of the annotation that is being carried out, or has been; empty before the first. */
  id: string,
  state: literal(...interceptionStates),
  phase: literal(...togglePhases),
  /** Hash of our rules as the kernel has them; null where the family is not there. */
  rules: object({ v4: nullable(string), v6: nullable(string) }),
  /** The kernel's rules are those that are wanted, and the probe went where it should. */
  verified: boolean,
  probe: nullable(probe),
  lastToggle: nullable(interceptionToggle),
  /** How often rules were put back that somebody else had changed. */
  repairs: number,
  /** How often the rules went off because the proxy did not serve. */
  bypasses: number,
  /** Why the state is what it is, a sentence; empty while all is well. */
  message: string,
})

export type InterceptionStatus = ReturnType<typeof interceptionStatus>
export type InterceptionToggle = ReturnType<typeof interceptionToggle>
export type InterceptionProbe = ReturnType<typeof probe>
export type ProbeOutcome = NonNullable<InterceptionProbe['outbound']>
