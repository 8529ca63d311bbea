import { LedgerError } from './error.ts'
import { kinds, type Lane } from './lane.ts'
import { formatTarget, parseTarget, type Target } from './target.ts'

export interface Targets {
  /** For all HTTP/1.1 kinds; used in turn, one per connection. */
  readonly http: readonly Target[]
  /** For http2 kinds. Defaults to `http`: proxies tell the protocols apart on one port. */
  readonly http2?: readonly Target[]
  /** For the kind tcp. */
  readonly tcp?: readonly Target[]
}

export interface GeneratorOptions {
  readonly targets: Targets
  /** What to send: {@link standardProfile}, {@link lightProfile} or your own. */
  readonly lanes: readonly Lane[]
  /** Source addresses, used in turn; empty or absent = the kernel chooses. */
  readonly localAddresses?: readonly string[]
  /** Limit of a request beyond the time it takes by design. Defaults to 8000. */
  readonly timeoutMs?: number
  /** Host header and :authority. Defaults to the first HTTP target. */
  readonly authority?: string
  /** Losses that are kept with their details. Defaults to 200. */
  readonly maxLosses?: number
  /** With so many pending, further requests are counted as skipped. Defaults to 5000. */
  readonly maxPending?: number
}

/**
 * Checks options that came from outside (JSON) and returns only the known fields.
 * Throws LEDGER_BAD_OPTION with the field's name.
 */
export function parseGeneratorOptions(value: unknown): GeneratorOptions {
  const from = record(value, 'options')
  const targets = record(from['targets'], 'targets')
  const lanes = list(from['lanes'], 'lanes').map(lane)
  const http = targetList(targets['http'], 'targets.http')
  const tcp = optional(targets['tcp'], (tcp) => targetList(tcp, 'targets.tcp'))
  if (lanes.some(({ kind }) => kind === 'tcp') && tcp === undefined) {
    throw bad('targets.tcp', 'missing, though a lane has the kind tcp')
  }
  return {
    targets: {
      http,
      ...field('http2', targets['http2'], (http2) => targetList(http2, 'targets.http2')),
      ...(tcp === undefined ? {} : { tcp }),
    },
    lanes,
    ...field('localAddresses', from['localAddresses'], (addresses) =>
      list(addresses, 'localAddresses').map((address) => text(address, 'localAddresses')),
    ),
    ...field('timeoutMs', from['timeoutMs'], (number) => positive(number, 'timeoutMs')),
    ...field('authority', from['authority'], (authority) => text(authority, 'authority')),
    ...field('maxLosses', from['maxLosses'], (number) => positive(number, 'maxLosses')),
    ...field('maxPending', from['maxPending'], (number) => positive(number, 'maxPending')),
  }
}

function lane(value: unknown): Lane {
  const from = record(value, 'lanes')
  const kind = kinds.find((known) => known === from['kind'])
  switch (kind) {
    case undefined:
      throw bad('lanes.kind', `is ${JSON.stringify(from['kind'])}, not one of ${kinds.join(', ')}`)
    case 'short':
      return { kind, perSecond: positive(from['perSecond'], 'lanes.perSecond') }
    case 'slow':
    case 'upload':
    case 'stream':
      return {
        kind,
        perSecond: positive(from['perSecond'], 'lanes.perSecond'),
        durationMs: positive(from['durationMs'], 'lanes.durationMs'),
      }
    case 'keepalive':
    case 'keepalive-idle':
    case 'http2':
    case 'http2-idle':
    case 'tcp':
      return {
        kind,
        connections: positive(from['connections'], 'lanes.connections'),
        gapMs: positive(from['gapMs'], 'lanes.gapMs'),
      }
  }
}

function targetList(value: unknown, name: string): readonly Target[] {
  const targets = list(value, name).map((item) => {
    const from = record(item, name)
    const target = { host: text(from['host'], name), port: positive(from['port'], name) }
    if (parseTarget(formatTarget(target)) === undefined) {
      throw bad(name, `has no usable host and port: ${JSON.stringify(item)}`)
    }
    return target
  })
  if (targets.length === 0) throw bad(name, 'is empty')
  return targets
}

function field<Name extends string, T>(
  name: Name,
  value: unknown,
  parse: (value: unknown) => T,
): Partial<Record<Name, T>> {
  const record: Partial<Record<Name, T>> = {}
  const parsed = optional(value, parse)
  if (parsed !== undefined) record[name] = parsed
  return record
}

function optional<T>(value: unknown, parse: (value: unknown) => T): T | undefined {
  return value === undefined ? undefined : parse(value)
}

function record(value: unknown, name: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) throw bad(name, 'is not an object')
  return value as Readonly<Record<string, unknown>>
}

function list(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw bad(name, 'is not a list')
  return value
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string' || value === '') throw bad(name, 'is not a text')
  return value
}

function positive(value: unknown, name: string): number {
  if (typeof value === 'number' && Number.isFinite(value) && value > 0) return value
  throw bad(name, `is ${JSON.stringify(value)}, not a number above 0`)
}

function bad(name: string, problem: string): LedgerError {
  return new LedgerError('LEDGER_BAD_OPTION', `load option ${name} ${problem}`)
}
