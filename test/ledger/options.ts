import { laneLabel, type Lane } from './lane.ts'
import { parseLane } from './parseLane.ts'
import { bad, field, list, positive, record, text } from './parseOption.ts'
import { formatTarget, parseTarget, type Target } from './target.ts'

export interface Targets {
  /** For all HTTP/1.1 kinds; used in turn, one per connection. */
  readonly http: readonly Target[]
  /** For http2 kinds. Defaults to `http`: proxies tell the protocols apart on one port. */
  readonly http2?: readonly Target[]
  /** For the kind tcp. */
  readonly tcp?: readonly Target[]
  /** For the grpc kinds. Defaults to `http2`. */
  readonly grpc?: readonly Target[]
  /** For the kind websocket. Defaults to `http`. */
  readonly websocket?: readonly Target[]
  /** For the kind dubbo. */
  readonly dubbo?: readonly Target[]
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
  const lanes = list(from['lanes'], 'lanes').map(parseLane)
  checkLabels(lanes)
  for (const name of ['tcp', 'dubbo'] as const) {
    if (targets[name] === undefined && lanes.some(({ kind }) => kind === name)) {
      throw bad(`targets.${name}`, `missing, though a lane has the kind ${name}`)
    }
  }
  const some = <Name extends keyof Targets>(name: Name) =>
    field(name, targets[name], (value) => targetList(value, `targets.${name}`))
  return {
    targets: {
      http: targetList(targets['http'], 'targets.http'),
      ...some('http2'),
      ...some('tcp'),
      ...some('grpc'),
      ...some('websocket'),
      ...some('dubbo'),
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

/** A row has one kind; what two kinds lose under one name says nothing. */
function checkLabels(lanes: readonly Lane[]): void {
  const kinds = new Map<string, string>()
  for (const lane of lanes) {
    const label = laneLabel(lane)
    const kind = kinds.get(label) ?? lane.kind
    if (kind !== lane.kind) {
      throw bad('lanes.label', `${label} is used by lanes of the kinds ${kind} and ${lane.kind}`)
    }
    kinds.set(label, kind)
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
