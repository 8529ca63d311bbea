import { expect } from 'chai'
import type { LossCause, Summary } from '../../test/ledger/index.ts'

/** Fails with the first losses unless the load lost nothing and started every request in time. */
export function expectLossless({ total, losses }: Summary): void {
  expect(total.lost, `lost: ${JSON.stringify(losses.slice(0, 10))}`).to.equal(0)
  expect(total.skipped, 'requests that the generator could not start').to.equal(0)
}

/** What a request may die of when the process that has it is killed. */
const inFlight: readonly LossCause[] = ['resetBeforeResponse', 'eofBeforeResponse', 'cutInResponse']

/** Fails unless a death was seen by requests in flight, and by no others: nobody was refused. */
export function expectOnlyInFlight({ total, losses }: Summary): void {
  expect(total.lost, 'the kill is seen by what was in flight').to.be.above(0)
  const others = losses.filter(({ cause }) => !inFlight.includes(cause))
  expect(others, 'losses other than of requests in flight').to.deep.equal([])
  // A request in flight at the kill ends with it; one that began later must not be lost.
  const ends = losses.map(({ endedMs }) => endedMs)
  expect(Math.max(...ends) - Math.min(...ends), 'ms between first and last loss').to.be.below(2000)
  expect(total.lost).to.be.below(120)
}

/** One line below the test's name: what was sent and lost. */
export function report(what: string, { total }: Summary): void {
  process.stdout.write(
    `      ${what}: ${total.sent} sent, ${total.lost} lost ${JSON.stringify(total.lostByCause)}, ` +
      `p99 ${total.latencyMs.p99} ms\n`,
  )
}
