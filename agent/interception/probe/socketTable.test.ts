import { expect } from 'chai'
import { arrivalsAt, isAccepted, isTaking } from './socketTable.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, remote: string, inode: number, state = '01') =>
  `   1: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000  1337        0 ${inode} 1 0000`

describe('the table of sockets', () => {
  const table = [
    head,
    row('0100007F:3A99', '00000000:0000', 88, '0A'),
    row('0100007F:3A99', '0100007F:D431', 123),
    row('0100007F:3A99', '0100007F:D432', 0),
    row('0100007F:D431', '0100007F:3AAA', 99),
  ].join('\n')

  it('shows who was accepted, who waits, and who is not there', () => {
    const arrivals = arrivalsAt([table], 15_001)
    expect([...arrivals.keys()]).to.deep.equal(['D431', 'D432'])
    const answers = [0xd431, 0xd432, 0xd433].map((port) => isAccepted(arrivals, port))
    expect(answers).to.deep.equal([true, false, undefined])
  })

  it('has IPv4 clients of a dual-stack listener in the one of IPv6', () => {
    const local = '0000000000000000FFFF00000100007F:3A99'
    const remote = '0000000000000000FFFF00000100007F:D431'
    expect(isAccepted(arrivalsAt(['', row(local, remote, 7)], 15_001), 0xd431)).to.equal(true)
  })

  it('does not take a connection that ends for one that waits', () => {
    // The kernel gives no inode for TIME_WAIT and FIN_WAIT either.
    const ending = row('0100007F:3A99', '0100007F:D431', 0, '06')
    expect(arrivalsAt([ending], 15_001).size).to.equal(0)
  })

  it('shows whether a queue is read', () => {
    const at = (inodes: readonly number[]) =>
      arrivalsAt(
        inodes.map((inode, index) => row('0100007F:3A99', `0100007F:D43${index}`, inode)),
        15_001,
      )
    expect(isTaking(at([5, 0, 0]), at([5, 6, 0]))).to.equal(true)
    // The first one is new, and the last one has given up.
    expect(isTaking(at([5, 0, 0]), at([5, 0]))).to.equal(false)
    expect(isTaking(at([]), at([5]))).to.equal(false)
  })
})
