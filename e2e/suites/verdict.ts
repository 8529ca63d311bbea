import { expect } from 'chai'
import type { Summary } from '../../test/ledger/index.ts'

/** Fails with the first losses unless the load lost nothing and started every request in time. */
export function expectLossless({ total, losses }: Summary): void {
  expect(total.lost, `lost: ${JSON.stringify(losses.slice(0, 10))}`).to.equal(0)
  expect(total.skipped, 'requests that the generator could not start').to.equal(0)
}

/** One line below the test's name: what was sent and lost. */
export function report(what: string, { total }: Summary): void {
  process.stdout.write(
    `      ${what}: ${total.sent} sent, ${total.lost} lost ${JSON.stringify(total.lostByCause)}, ` +
      `p99 ${total.latencyMs.p99} ms\n`,
  )
}
