import { array, DecodeError, literal, number, object, optional, string } from '../decode.ts'
import type { Decoder } from '../decode.ts'

/**
 * What is called around a toggle, so that an app leaves its registry before its connections change
 * their way and comes back after. Exactly one action.
 */
const request = object({
  port: number,
  /** Defaults to /. With the query, if any. */
  path: optional(string),
  /** Defaults to 127.0.0.1. */
  host: optional(string),
})

const fields = object({
  /** Succeeds with a status of 200 to 299. */
  httpGet: optional(request),
  httpPost: optional(
    object({
      port: number,
      path: optional(string),
      host: optional(string),
      body: optional(string),
      /** Defaults to application/json. */
      contentType: optional(string),
    }),
  ),
  /** Dubbo's QoS console, by its HTTP: `offline`, `online`; what it answers is read, not its status. */
  dubboQos: optional(
    object({
      /** 22222 unless the app chose another. */
      port: number,
      /** Defaults to the name of the hook: offline, online, or offline for gracefulClose. */
      command: optional(string),
      /** Services to name, a pattern; absent = all. */
      service: optional(string),
    }),
  ),
  /** A program of a hot container's image, run by its launcher in the slot that serves. */
  exec: optional(
    object({
      command: array(string),
      /** Which hot container; absent = the first of the pod. */
      container: optional(string),
    }),
  ),
  timeoutSeconds: number,
  /** After it has succeeded, for callers to learn of it; absent = nothing is waited for. */
  waitSeconds: optional(number),
  /** Abort: the toggle is given up and what was begun is undone. Continue: it is told, no more. */
  onError: literal('Abort', 'Continue'),
})

export const hookActions = ['httpGet', 'httpPost', 'dubboQos', 'exec'] as const
export type InterceptionHook = ReturnType<typeof fields>

export const hook: Decoder<InterceptionHook> = (value, path) => {
  const decoded = fields(value, path)
  const given = hookActions.filter((action) => decoded[action] !== undefined)
  if (given.length === 1) return decoded
  throw new DecodeError(path, `exactly one of ${hookActions.join(', ')}`, value)
}

export const hookNames = ['offline', 'online', 'gracefulClose'] as const
export type HookName = (typeof hookNames)[number]
