import { expect } from 'chai'
import { lossUpperBound } from './bound.ts'
import { Ledger } from './ledger.ts'

describe('labels', () => {
  it('make a row each, while the kind has the sum of its lanes', () => {
    const ledger = new Ledger({ now: () => 10 })
    const fast = ledger.lane('keepalive', 'gap 50')
    const slow = ledger.lane('keepalive', 'gap 500')
    fast.open(0, 0).end('ok')
    slow.open(0, 0).end('ok')
    slow.open(0, 0).end('eofBeforeResponse')
    slow.skip()
    expect(ledger.rows(10)['gap 50']).to.include({ kind: 'keepalive', sent: 1, lost: 0 })
    expect(ledger.rows(10)['gap 500']).to.include({ sent: 2, lost: 1, skipped: 1 })
    expect(ledger.kinds(10).keepalive).to.include({ sent: 3, lost: 1, skipped: 1 })
    expect(ledger.losses[0]).to.include({ label: 'gap 500', kind: 'keepalive' })
    ledger.audit()
  })

  it('share a row when they are equal, and are the kind by default', () => {
    const ledger = new Ledger({ now: () => 0 })
    ledger.lane('keepalive-idle').open(0, 0).end('ok')
    ledger.lane('keepalive-idle').open(0, 0).end('ok')
    expect(Object.keys(ledger.rows(0))).to.deep.equal(['keepalive-idle'])
    expect(ledger.rows(0)['keepalive-idle']?.sent).to.equal(2)
  })
})

describe('the upper bound of losses', () => {
  for (const [name, row, bound] of [
    ['is 3 / N when nothing was lost', { sent: 20_000, lost: 0 }, 0.000_15],
    ['is never above everything', { sent: 2, lost: 0 }, 1],
    ['is none when something was lost', { sent: 20_000, lost: 1 }, undefined],
    ['is none when nothing was sent', { sent: 0, lost: 0 }, undefined],
  ] as const) {
    it(name, () => {
      expect(lossUpperBound(row)).to.equal(bound)
    })
  }
})
