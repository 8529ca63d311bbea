import { expect } from 'chai'
import { parseCounters, readCounters } from './counters.ts'

const text = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPAbortOnData
TcpExt: 1 2 3 4
IpExt: InNoRoutes ListenDrops
IpExt: 5 6
Tcp: RtoMin EstabResets
Tcp: 200 7
`

describe('kernel counters', () => {
  it('are read by name, of their own group only', () => {
    expect(parseCounters(text)).to.deep.equal({
      ListenDrops: 3,
      ListenOverflows: 2,
      TCPAbortOnData: 4,
      EstabResets: 7,
    })
  })

  it('of this machine are all there', () => {
    expect(Object.keys(readCounters()).sort()).to.deep.equal([
      'EstabResets',
      'ListenDrops',
      'ListenOverflows',
      'TCPAbortOnClose',
      'TCPAbortOnData',
      'TCPAbortOnTimeout',
    ])
  })

  it('that cannot be read are none', () => {
    expect(readCounters('/nowhere')).to.deep.equal({})
  })
})
