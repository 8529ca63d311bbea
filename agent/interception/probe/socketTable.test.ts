import { expect } from 'chai'
import { isAccepted } from './socketTable.ts'

const head =
  '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode'
const row = (local: string, remote: string, inode: number) =>
  `   1: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000  1337        0 ${inode} 1 0000`

describe('the table of sockets', () => {
  const table = [
    head,
    row('0100007F:3A99', '0100007F:D431', 123),
    row('0100007F:3A99', '0100007F:D432', 0),
    row('0100007F:D431', '0100007F:3AAA', 99),
  ].join('\n')

  it('shows who was accepted, who waits, and who is not there', () => {
    const answers = [0xd431, 0xd432, 0xd433].map((port) => isAccepted(table, 15_001, port))
    expect(answers).to.deep.equal([true, false, undefined])
  })

  it('has IPv4 clients of a dual-stack listener in the one of IPv6', () => {
    const local = '0000000000000000FFFF00000100007F:3A99'
    const remote = '0000000000000000FFFF00000100007F:D431'
    expect(isAccepted(row(local, remote, 7), 15_001, 0xd431)).to.equal(true)
  })
})
