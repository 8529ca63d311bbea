import {
  boolean,
  decodeJson,
  literal,
  nullable,
  number,
  object,
  string,
  array,
} from '../../../api/decode.ts'
import type { Decoder } from '../../../api/decode.ts'
import type { Interception } from '../../../api/interception/desired.ts'
import { parseInterception } from '../../../api/interception/desired.ts'
import {
  hookRecord,
  interceptionStates,
  interceptionToggle,
  togglePhases,
} from '../../../api/interception/status.ts'
import type { State, StepPhase } from './state.ts'
import { bases, failureReasons } from './state.ts'

/** The text of interception.json, in the run directory: version 1, times of the monotonic clock. */
const VERSION = 1

const order: Decoder<Interception> = (value) => parseInterception(JSON.stringify(value))
const working = togglePhases.filter((phase): phase is StepPhase => phase !== 'Idle')

const state: Decoder<State> = object({
  base: literal(...bases),
  order: nullable(order),
  failed: string,
  step: nullable(
    object({
      to: literal('On', 'Off'),
      target: order,
      phase: literal(...working),
      from: literal(...interceptionStates),
      quiet: boolean,
      begunAt: number,
      begunWall: number,
      phaseSince: number,
      hooks: array(hookRecord),
      failure: nullable(object({ reason: literal(...failureReasons), sentence: string })),
    }),
  ),
  last: nullable(interceptionToggle),
  repairs: number,
  bypasses: number,
  hasServed: boolean,
  resumedAt: nullable(number),
  relapses: number,
})

const file = object({ v: literal(VERSION), state })

/** Errors: DecodeError, also for a version that is not known. */
export function parseStateFile(text: string): State {
  return decodeJson(file, text, 'interception.json').state
}

export function formatStateFile(value: State): string {
  return `${JSON.stringify({ v: VERSION, state: value })}\n`
}
