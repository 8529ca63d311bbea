import { expect } from 'chai'
import { LedgerError } from './error.ts'
import { Entry } from './entry.ts'
import { Ledger } from './ledger.ts'
import { isLoss, outcomes } from './outcome.ts'

function ledgerAt(clock: { ms: number }, maxLosses?: number): Ledger {
  return new Ledger({ now: () => clock.ms, ...(maxLosses === undefined ? {} : { maxLosses }) })
}

describe('the ledger', () => {
  for (const outcome of outcomes) {
    it(`books ${outcome} once, whatever is said later`, () => {
      const ledger = ledgerAt({ ms: 7 })
      const entry = ledger.lane('short').open(0, 2)
      expect(ledger.total(7)).to.include({ sent: 1, pending: 1 })
      expect(entry.end(outcome)).to.equal(true)
      expect(entry.end('ok')).to.equal(false)
      expect(entry.end('timeout')).to.equal(false)
      ledger.audit()
      expect(ledger.total(7)).to.include({
        sent: 1,
        pending: 0,
        ok: outcome === 'ok' ? 1 : 0,
        lost: isLoss(outcome) ? 1 : 0,
        abandoned: outcome === 'abandoned' ? 1 : 0,
      })
    })
  }

  it('refuses numbers that do not add up', () => {
    const ledger = ledgerAt({ ms: 0 })
    ledger.audit()
    // Never opened, so never sent.
    new Entry(ledger.lane('short'), 0, 0).end('ok')
    expect(() => {
      ledger.audit()
    })
      .to.throw(LedgerError, /sent = ended \+ pending/)
      .with.property('code', 'LEDGER_UNBALANCED')
  })

  it('measures latency from the scheduled time', () => {
    const clock = { ms: 500 }
    const ledger = ledgerAt(clock)
    const entry = ledger.lane('short').open(0, 100)
    clock.ms = 510
    entry.end('ok')
    expect(ledger.total(510).latencyMs.max).to.equal(410)
  })

  it('gives the longest time without a success, the open one too', () => {
    const clock = { ms: 0 }
    const ledger = ledgerAt(clock)
    for (const [ms, outcome] of [
      [100, 'ok'],
      [200, 'refused'],
      [450, 'ok'],
      [500, 'ok'],
    ] as const) {
      clock.ms = ms
      ledger.lane('short').open(0, ms).end(outcome)
    }
    expect(ledger.total(500).maxGapMs).to.equal(350)
    expect(ledger.total(1000).maxGapMs).to.equal(500)
  })

  it('measures no gap among what ends after the last request was sent', () => {
    const clock = { ms: 100 }
    const ledger = ledgerAt(clock)
    const short = ledger.lane('short').open(0, 100)
    const stream = ledger.lane('stream').open(0, 100)
    clock.ms = 150
    short.end('ok')
    clock.ms = 200
    ledger.freeze()
    clock.ms = 30_000
    stream.end('ok')
    expect(ledger.total(200).maxGapMs).to.equal(150)
    expect(ledger.total(200).ok).to.equal(2)
  })

  it('puts requests into the time line by when they were due', () => {
    const ledger = ledgerAt({ ms: 9000 })
    ledger.lane('short').open(0, 50).end('timeout')
    ledger.lane('short').open(0, 350).end('ok')
    ledger.lane('short').open(0, 360).end('ok')
    expect(ledger.timeline()).to.deep.equal({ bucketMs: 100, ok: [0, 0, 0, 2], lost: [1, 0, 0, 0] })
  })

  it('suspects a SYN retransmit in a connect above 900 ms', () => {
    const ledger = ledgerAt({ ms: 2000 })
    for (const connectMs of [1, 899, 1031]) {
      const entry = ledger.lane('short').open(0, 0)
      entry.connectMs = connectMs
      entry.end('ok')
    }
    expect(ledger.total(0)).to.deep.include({ suspectedSynRetransmits: 1 })
    expect(ledger.total(0).connectMs.max).to.equal(1031)
  })

  it('keeps the first losses with all that is known of them', () => {
    const ledger = ledgerAt({ ms: 12 }, 1)
    const entry = ledger.lane('keepalive').open(3, 10)
    entry.target = '10.0.0.7:80'
    entry.requestNumber = 4
    entry.connectionAgeMs = 800
    entry.end('eofBeforeResponse', 'EOF')
    ledger.lane('keepalive').open(3, 11).end('refused')
    expect(ledger.losses).to.deep.equal([
      {
        kind: 'keepalive',
        label: 'keepalive',
        cause: 'eofBeforeResponse',
        detail: 'EOF',
        dueMs: 10,
        endedMs: 12,
        client: 3,
        connectionAgeMs: 800,
        requestNumber: 4,
        target: '10.0.0.7:80',
      },
    ])
    expect(ledger.total(12).lost).to.equal(2)
  })

  it('is settled when nothing is pending, and abandons what is left', async () => {
    const ledger = ledgerAt({ ms: 0 })
    await ledger.whenSettled()
    ledger.lane('short').open(0, 0)
    ledger.lane('slow').open(0, 0)
    const settled = ledger.whenSettled()
    ledger.abandon()
    await settled
    ledger.audit()
    expect(ledger.total(0)).to.include({ sent: 2, abandoned: 2, lost: 0, pending: 0 })
  })
})
