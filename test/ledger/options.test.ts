import { expect } from 'chai'
import { LedgerError } from './error.ts'
import { parseGeneratorOptions } from './options.ts'

const target = { host: '10.0.0.7', port: 80 }
const good = { targets: { http: [target] }, lanes: [{ kind: 'short', perSecond: 1 }] }

const refused: Record<string, { readonly options: unknown; readonly says: RegExp }> = {
  'no object': { options: 7, says: /options is not an object/ },
  'no targets': { options: { lanes: [] }, says: /targets is not an object/ },
  'an empty list of targets': {
    options: { ...good, targets: { http: [] } },
    says: /targets\.http is empty/,
  },
  'a port that is none': {
    options: { ...good, targets: { http: [{ host: 'a', port: 70_000 }] } },
    says: /targets\.http has no usable host and port/,
  },
  'an unknown kind': {
    options: { ...good, lanes: [{ kind: 'smtp' }] },
    says: /lanes\.kind is "smtp", not one of short/,
  },
  'a lane without its rate': {
    options: { ...good, lanes: [{ kind: 'short' }] },
    says: /lanes\.perSecond is undefined/,
  },
  'a gap below 0': {
    options: { ...good, lanes: [{ kind: 'keepalive', connections: 1, gapMs: -1 }] },
    says: /lanes\.gapMs is -1, not a number from 0/,
  },
  'streams without a gap': {
    options: {
      ...good,
      lanes: [{ kind: 'grpc-stream', connections: 1, gapMs: 0, durationMs: 9 }],
    },
    says: /lanes\.gapMs is 0, not a number above 0/,
  },
  'two kinds under one label': {
    options: {
      ...good,
      lanes: [
        { kind: 'short', perSecond: 1, label: 'a' },
        { kind: 'keepalive', connections: 1, gapMs: 1, label: 'a' },
      ],
    },
    says: /lanes\.label a is used by lanes of the kinds short and keepalive/,
  },
  'Dubbo without a target': {
    options: { ...good, lanes: [{ kind: 'dubbo', connections: 1, gapMs: 9 }] },
    says: /targets\.dubbo missing/,
  },
  'raw TCP without a target': {
    options: { ...good, lanes: [{ kind: 'tcp', connections: 1, gapMs: 9 }] },
    says: /targets\.tcp missing/,
  },
  'a source address that is no text': {
    options: { ...good, localAddresses: [1] },
    says: /localAddresses is not a text/,
  },
}

describe('load options', () => {
  for (const [name, { options, says }] of Object.entries(refused)) {
    it(`are refused with ${name}`, () => {
      expect(() => parseGeneratorOptions(options))
        .to.throw(LedgerError, says)
        .with.property('code', 'LEDGER_BAD_OPTION')
    })
  }

  it('pass with every field', () => {
    const options = {
      ...good,
      targets: {
        http: [target],
        http2: [target],
        tcp: [{ host: '::1', port: 7 }],
        grpc: [target],
        websocket: [target],
        dubbo: [target],
      },
      lanes: [
        { kind: 'short', perSecond: 1, label: 'a' },
        { kind: 'upload', perSecond: 1, durationMs: 20_000, label: 'b' },
        { kind: 'keepalive', connections: 1, gapMs: 0, perSecond: 9, label: 'c' },
        { kind: 'tcp', connections: 1, gapMs: 1, lifeMs: 9 },
        { kind: 'grpc-stream', connections: 1, gapMs: 9, durationMs: 9 },
      ],
      localAddresses: ['127.0.0.2'],
      timeoutMs: 1,
      authority: 'a',
      maxLosses: 1,
      maxPending: 1,
    }
    expect(parseGeneratorOptions(options)).to.deep.equal(options)
  })

  it('lose fields that nobody knows', () => {
    expect(parseGeneratorOptions({ ...good, retries: 3 })).to.deep.equal(good)
  })
})
