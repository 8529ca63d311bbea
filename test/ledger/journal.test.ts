import { expect } from 'chai'
import { Journal, type JournalRow } from './journal.ts'
import { kinds } from './lane.ts'
import { outcomes } from './outcome.ts'

describe('the journal', () => {
  it('gives back every row as it was put in, also after it has grown', () => {
    const journal = new Journal()
    const rows: JournalRow[] = Array.from({ length: 5000 }, (_, at) => ({
      kind: kinds[at % kinds.length] ?? 'short',
      label: `label ${at % 300}`,
      outcome: outcomes[at % outcomes.length] ?? 'ok',
      dueMs: at * 1.5,
      latencyMs: at / 4,
      connectMs: at % 2 === 0 ? undefined : at / 8,
    }))
    for (const row of rows) journal.add(row)
    expect([...journal.rows()]).to.deep.equal(rows)
    expect(journal.length).to.equal(5000)
  })

  it('counts outcomes', () => {
    const journal = new Journal()
    const row = { kind: 'short', label: 'a', dueMs: 0, latencyMs: 1, connectMs: undefined } as const
    journal.add({ ...row, outcome: 'ok' })
    journal.add({ ...row, outcome: 'timeout' })
    journal.add({ ...row, outcome: 'ok' })
    expect(journal.count().get('ok')).to.equal(2)
    expect(journal.count().get('timeout')).to.equal(1)
    expect(journal.count().get('refused')).to.equal(0)
  })
})
