import type { Decoder } from '../../api/decode.ts'
import {
  array,
  boolean,
  decodeJson,
  literal,
  nullable,
  number,
  object,
  record,
  string,
} from '../../api/decode.ts'
import type { DesiredContainer } from '../../api/desired.ts'
import { parseDesired } from '../../api/desired.ts'
import type { CutReason } from '../../api/reasons.ts'
import { cutReasons } from '../../api/reasons.ts'
import type { Clock } from '../clock.ts'
import type { HandoverRecord } from './record.ts'
import type { AsideDrain, Phase, State } from './state.ts'
import { assertNever, phases } from './state.ts'

/**
 * The text of handover.json. Version 2 has times of the monotonic clock, and drains that go on
 * aside; version 1 had times of the wall clock. An agent of either version may find the file of the
 * other, when its container was given another image: newer reads older, older begins anew.
 */
const VERSION = 2
const NAME = 'handover.json'

/** A field that version 1 does not have. */
function since2<T>(item: Decoder<T>, before: T): Decoder<T> {
  return (value, path) => (value === undefined ? before : item(value, path))
}

const verdict = object({ reason: string, message: string })
const byProtocol = since2(record(number), {})

const handoverRecord: Decoder<HandoverRecord> = object({
  id: string,
  from: nullable(string),
  to: string,
  revision: string,
  reason: string,
  message: string,
  startedAt: number,
  startedWall: since2(number, 0),
  servingAt: nullable(number),
  drainStartedAt: nullable(number),
  reportedAt: nullable(number),
  settledAt: nullable(number),
  listeners: number,
  unheld: since2(array(string), []),
  counted: since2(boolean, true),
  connectionsAtDrain: number,
  connectionsLeft: number,
  connectionsDrained: number,
  connectionsCut: number,
  cutReason: since2(literal<CutReason | ''>('', ...cutReasons), ''),
  atDrainByProtocol: byProtocol,
  leftByProtocol: byProtocol,
  cutByProtocol: byProtocol,
  kernelBefore: record(number),
  kernel: record(number),
})

const order: Decoder<DesiredContainer> = (value, path) => {
  const desired = parseDesired(JSON.stringify({ v: 1, containers: { [path]: value } }))
  const container = desired.containers[path]
  if (container === undefined) throw new Error(`no order at ${path}`)
  return container
}

const processId = object({ boot: number, pid: number })

const drain: Decoder<DesiredContainer['drain']> = (value, path) =>
  order({ ...emptyOrder, drain: value }, path).drain

const emptyOrder = {
  ...{ handover: '', active: '', revision: '', image: '', minBoot: {} },
  ...{ startDeadlineSeconds: 0, confirmSeconds: 0 },
}

const aside: Decoder<AsideDrain> = object({
  slot: string,
  process: processId,
  record: handoverRecord,
  drain,
  quiet: number,
  stopOrderedAt: nullable(number),
})

const assigned = object({
  active: nullable(string),
  home: string,
  order,
  since: number,
  record: handoverRecord,
  aborted: nullable(verdict),
  addresses: array(string),
  aside: nullable(aside),
  turnedBack: nullable(handoverRecord),
  restartedAt: nullable(number),
})
const unassigned = object({ active: nullable(string) })
const draining = object({
  old: nullable(processId),
  quiet: number,
  stopOrderedAt: nullable(number),
})
const head = object({ v: literal(1, VERSION), phase: literal(...(phases as readonly [Phase])) })

/** Errors: DecodeError, also for a version that is not known. */
export function parseState(text: string, clock: Clock): State {
  const { v, phase } = decodeJson(head, text, NAME)
  const state = parsePhase(text, phase)
  return v === VERSION ? state : fromWallClock(state, clock)
}

function parsePhase(text: string, phase: Phase): State {
  switch (phase) {
    case 'Unassigned':
      return { phase, ...decodeJson(unassigned, text, NAME) }
    case 'Draining':
      return {
        phase,
        ...decodeJson(assigned, text, NAME),
        ...decodeJson(draining, text, NAME),
      }
    case 'Waiting':
    case 'Starting':
    case 'Confirming':
    case 'Settled':
    case 'Aborted':
    case 'FailedOver':
      return { phase, ...decodeJson(assigned, text, NAME) }
    default:
      return assertNever(phase)
  }
}

/** Version 1: as right as the wall clock was; from here on it does not matter any more. */
function fromWallClock(state: State, clock: Clock): State {
  if (state.phase === 'Unassigned') return state
  const offset = clock.now() - clock.wall()
  const moved = (time: number): number => time + offset
  const movedIf = (time: number | null): number | null => (time === null ? null : moved(time))
  const { record: before } = state
  const known = {
    since: moved(state.since),
    record: {
      ...before,
      startedAt: moved(before.startedAt),
      startedWall: before.startedAt,
      servingAt: movedIf(before.servingAt),
      drainStartedAt: movedIf(before.drainStartedAt),
      reportedAt: movedIf(before.reportedAt),
      settledAt: movedIf(before.settledAt),
    },
  }
  if (state.phase !== 'Draining') return { ...state, ...known }
  return { ...state, ...known, stopOrderedAt: movedIf(state.stopOrderedAt) }
}

export function formatState(state: State): string {
  return JSON.stringify({ v: VERSION, ...state })
}
