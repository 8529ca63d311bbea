import {
  array,
  boolean,
  decodeJson,
  literal,
  nullable,
  number,
  object,
  optional,
  record,
  string,
} from '../../api/decode.ts'
import type { Decoder } from '../../api/decode.ts'

const answer = object({ ok: boolean, error: optional(string) })

/**
 * A field that an older launcher does not tell: an agent that was upgraded meets it in a container
 * that still runs.
 */
function since<T>(item: Decoder<T>, before: T): Decoder<T> {
  return (value, path) => (value === undefined ? before : item(value, path))
}

/**
 * How a child ended. `connections` = still open at its very end; `atStop` = open when it was told
 * to stop, the last time, since some close all that is left before they exit. null = nobody could
 * count them.
 */
const exit = object({
  code: number,
  signal: number,
  connections: nullable(number),
  atStop: nullable(number),
})

const status = object({
  v: literal(1),
  slot: string,
  /** Times this slot's launcher was started in the life of the pod. */
  boot: number,
  /** 0 = no child. */
  pid: number,
  want: boolean,
  /** The kubelet wants this container to end; a child serves on until `stop`. */
  terminating: boolean,
  starts: number,
  /** Exits that nobody asked for, since the launcher's start. */
  crashes: number,
  uptimeMs: number,
  lastExit: nullable(exit),
  /** Addresses on which this child has called listen(2); private ports are not among them. */
  listening: array(string),
  held: number,
  keeper: boolean,
  /** Which of a private port's two numbers the child has. */
  side: since(number, 0),
  /** The child that was set aside by `replace`, as long as it runs. */
  aside: nullable(object({ pid: number, side: number })),
  /** How the one that was set aside ended last. */
  lastAside: nullable(exit),
  /** What the child has bound but cannot hand over, such as "udp 0.0.0.0:53". */
  unheld: since(array(string), []),
  /** The launcher started this child by itself, for the active slot's launcher was away. */
  standIn: since(boolean, false),
})

/** Established connections by held address. */
const counts = record(number)

const connections = object({
  v: literal(1),
  connections: counts,
  /** Those of the child that was set aside; null = there is none. */
  aside: nullable(counts),
  /** False: there may be more than were counted. */
  complete: boolean,
})

const held = object({
  v: literal(1),
  /** `queue`: connections that wait to be accepted. */
  held: array(object({ address: string, queue: number, backlog: number })),
})

/** Whether what runs in the slot does anything. */
const pulse = object({
  v: literal(1),
  threads: number,
  /** Of them, those that run or wait for a processor, a quota or a disk. */
  awake: number,
  /** Processor time used so far, in steps of 10 ms. */
  cpuMs: number,
  /** False: there is more than was looked at. */
  complete: boolean,
})

const done = object({ v: literal(1) })

const exec = object({ v: literal(1), exec: number })

const executed = object({
  v: literal(1),
  exec: number,
  running: boolean,
  code: number,
  /** The signal that ended it, or 0. */
  signal: number,
  timedOut: boolean,
})

/** The launcher's answer to commands that change the slot, and to `status` and `watch`. */
export type LauncherStatus = ReturnType<typeof status>

/** The launcher's answer to `connections`. */
export type LauncherConnections = ReturnType<typeof connections>

/** The launcher's answer to `pulse`. */
export type Pulse = ReturnType<typeof pulse>

/** One listener of the launcher's answer to `list`. */
export type HeldListener = ReturnType<typeof held>['held'][number]

/** The launcher's answer to `executed`. */
export type Execution = ReturnType<typeof executed>

/** The launcher understood the request and refuses it. */
export class LauncherRefused extends Error {
  readonly code = 'BATON_LAUNCHER_REFUSED'

  constructor(request: string, why: string) {
    super(`launcher refused '${request}': ${why}`)
    this.name = 'LauncherRefused'
  }
}

/** Errors of all parsers: {@link LauncherRefused}, DecodeError. */
function parser<T>(decoder: Decoder<T>): (line: string, request: string) => T {
  return (line, request) => {
    const { ok, error } = decodeJson(answer, line, 'launcher')
    if (!ok) throw new LauncherRefused(request, error ?? 'no reason given')
    return decodeJson(decoder, line, 'launcher')
  }
}

export const parseStatus = parser(status)
export const parseConnections = parser(connections)
export const parseHeld = parser(held)
export const parsePulse = parser(pulse)
export const parseDone = parser(done)
export const parseExec = parser(exec)
export const parseExecuted = parser(executed)
