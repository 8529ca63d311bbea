import type { Interception } from '../../../api/interception/desired.ts'
import type { HookRecord } from './state.ts'

/** What the agent sees at one moment, as plain data. */
export interface World {
  /** Milliseconds of the monotonic clock. */
  readonly at: number
  /** Milliseconds since 1970. */
  readonly wall: number
  /** The annotation; null = there is none. */
  readonly wanted: Interception | null
  /** The kernel has the rules that the state wants, of all families. */
  readonly rulesAreRight: boolean
  /** Where the agent's own connections went: all to the proxy, all elsewhere, or neither. */
  readonly probe: 'proxy' | 'direct' | 'unclear'
  /** `unknown`: nobody of this pod is known to be the proxy, and no probe has told. */
  readonly proxy: 'serves' | 'down' | 'unknown'
  /** For how long it has been down. */
  readonly downMs: number
  /** For how long it has served without a break. */
  readonly servesMs: number
  /** The hook of the present phase has ended so. */
  readonly hook: HookRecord | null
  /** That the proxy still has; null = nobody can count them. */
  readonly connections: number | null
}
