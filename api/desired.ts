import { array, decodeJson, literal, number, object, optional, record, string } from './decode.ts'

/**
 * The annotation `baton.dev/desired`: written by the webhook at creation and by the operator in the
 * same PATCH as a slot's image, obeyed by the agent, which reads it from the downward API.
 */
/** One of these; none = the signal SIGTERM. Paths and arguments may hold `$(BATON_INSTANCE)`. */
const drainMethod = object({
  envoy: optional(object({ adminPort: number })),
  haproxy: optional(object({ socket: optional(string) })),
  nginx: optional(object({})),
  mosn: optional(object({ directory: string })),
  signal: optional(object({ name: string })),
  http: optional(object({ method: string, port: number, path: string })),
  exec: optional(object({ command: array(string) })),
})

const drain = object({
  /** From the order to drain until what is left is reported, in seconds. */
  timerSeconds: number,
  /** The old process lives at most so long after the order to drain, in seconds. */
  maxSeconds: number,
  method: drainMethod,
})

const desiredContainer = object({
  /** Changes with every wanted switch; `initial` at injection. */
  handover: string,
  /** The slot that shall serve. */
  active: string,
  revision: string,
  image: string,
  /** The agent acts on a slot only when its launcher has booted so often: proof of the restart. */
  minBoot: record(number),
  drain,
  startDeadlineSeconds: number,
  confirmSeconds: number,
})

const desired = object({ v: literal(1), containers: record(desiredContainer) })

export type DesiredContainer = ReturnType<typeof desiredContainer>
export type Desired = ReturnType<typeof desired>

/** Errors: DecodeError that names the field. */
export function parseDesired(text: string): Desired {
  return decodeJson(desired, text, 'baton.dev/desired')
}

/** Keys in a fixed order, so that equal values give equal text. */
export function formatDesired(value: Desired): string {
  return JSON.stringify(desired(value, 'baton.dev/desired'))
}

export const FIRST_HANDOVER = 'initial'
