import { kinds, type Lane } from './lane.ts'
import { bad, field, notNegative, positive, record, text } from './parseOption.ts'

/** Throws LEDGER_BAD_OPTION with the field's name. */
export function parseLane(value: unknown): Lane {
  const from = record(value, 'lanes')
  const kind = kinds.find((known) => known === from['kind'])
  const label = field('label', from['label'], (label) => text(label, 'lanes.label'))
  const number = (name: string) => positive(from[name], `lanes.${name}`)
  switch (kind) {
    case undefined:
      throw bad('lanes.kind', `is ${JSON.stringify(from['kind'])}, not one of ${kinds.join(', ')}`)
    case 'short':
      return { kind, perSecond: number('perSecond'), ...label }
    case 'slow':
    case 'upload':
    case 'stream':
      return { kind, perSecond: number('perSecond'), durationMs: number('durationMs'), ...label }
    case 'grpc-stream':
      return {
        kind,
        connections: number('connections'),
        gapMs: number('gapMs'),
        durationMs: number('durationMs'),
        ...label,
      }
    case 'keepalive':
    case 'keepalive-idle':
    case 'http2':
    case 'http2-idle':
    case 'tcp':
    case 'grpc':
    case 'websocket':
    case 'dubbo':
      return {
        kind,
        connections: number('connections'),
        gapMs: notNegative(from['gapMs'], 'lanes.gapMs'),
        ...field('perSecond', from['perSecond'], () => number('perSecond')),
        ...field('lifeMs', from['lifeMs'], () => number('lifeMs')),
        ...label,
      }
  }
}
