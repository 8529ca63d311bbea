import {
  array,
  boolean,
  decodeJson,
  literal,
  nullable,
  number,
  object,
  optional,
  string,
} from '../../api/decode.ts'

const answer = object({ ok: boolean, error: optional(string) })

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
  lastExit: nullable(object({ code: number, signal: number })),
  /** Addresses on which this child has called listen(2); private ports are not among them. */
  listening: array(string),
  held: number,
  keeper: boolean,
})

/** The launcher's answer to `status`, `start`, `stop`, `signal` and `watch`. */
export type LauncherStatus = ReturnType<typeof status>

/** The launcher understood the request and refuses it. */
export class LauncherRefused extends Error {
  readonly code = 'BATON_LAUNCHER_REFUSED'

  constructor(request: string, why: string) {
    super(`launcher refused '${request}': ${why}`)
    this.name = 'LauncherRefused'
  }
}

/** Parses one answer line. Errors: {@link LauncherRefused}, DecodeError. */
export function parseAnswer(line: string, request: string): LauncherStatus {
  const { ok, error } = decodeJson(answer, line, 'launcher')
  if (!ok) throw new LauncherRefused(request, error ?? 'no reason given')
  return decodeJson(status, line, 'launcher')
}
