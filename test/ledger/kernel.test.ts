import { expect } from 'chai'
import { readFile } from 'node:fs/promises'
import { diff, parseKernelCounters, readKernelCounters } from './kernel.ts'

const netstat = `TcpExt: SyncookiesSent ListenOverflows ListenDrops TCPAbortOnData TCPMigrateReqSuccess
TcpExt: 9 2 3 4 5
IpExt: InNoRoutes ListenDrops
IpExt: 7 8
`
const snmp = `Ip: Forwarding
Ip: 1
Tcp: RtoAlgorithm AttemptFails EstabResets OutRsts
Tcp: 1 10 11 12
`

describe('kernel counters', () => {
  it('are found by name in both files, and absent when the kernel lacks them', () => {
    expect(parseKernelCounters(netstat, snmp)).to.deep.equal({
      ListenDrops: 3,
      ListenOverflows: 2,
      EstabResets: 11,
      OutRsts: 12,
      AttemptFails: 10,
      TCPAbortOnData: 4,
      TCPMigrateReqSuccess: 5,
    })
  })

  it('are told by how much they rose', () => {
    const before = { ListenDrops: 3, OutRsts: 12, EstabResets: 1 }
    expect(diff(before, { ListenDrops: 5, OutRsts: 12, AttemptFails: 1 })).to.deep.equal({
      ListenDrops: 2,
      OutRsts: 0,
    })
  })

  it('are read for the namespace of a process', async () => {
    const paths: string[] = []
    const counters = await readKernelCounters((path) => {
      paths.push(path)
      return Promise.resolve(path.endsWith('snmp') ? snmp : netstat)
    }, 17)
    expect(paths).to.deep.equal(['/proc/17/net/netstat', '/proc/17/net/snmp'])
    expect(counters.ListenDrops).to.equal(3)
  })

  it('are read from this kernel', async () => {
    const read = (path: string) => readFile(path, 'utf8')
    const counters = await readKernelCounters(read)
    for (const name of ['ListenDrops', 'ListenOverflows', 'EstabResets', 'OutRsts'] as const) {
      expect(counters[name]).to.be.a('number').and.not.NaN
    }
    expect(await readKernelCounters(read, process.pid)).to.have.all.keys(Object.keys(counters))
  })
})
