import { expect } from 'chai'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Outcome, StepResult } from './step.ts'
import { updateTimings } from './timings.ts'

describe('the timings of the set-up', () => {
  let file = ''
  let directory = ''
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'baton-timings-'))
    file = join(directory, 'cache/timings.json')
  })
  afterEach(() => {
    rmSync(directory, { recursive: true })
  })
  const result = (name: string, outcome: Outcome, seconds: number): StepResult => ({
    name,
    what: '',
    outcome,
    seconds,
  })
  const [first, second] = [new Date(0), new Date(1000)]

  it('keep the last time that a step had something to do', async () => {
    await updateTimings(file, [result('a', 'done', 1.26), result('b', 'done', 2)], first)
    const timings = await updateTimings(
      file,
      [result('a', 'there', 0), result('b', 'done', 3), result('c', 'failed', 4)],
      second,
    )
    expect(timings.steps).to.deep.equal({
      a: { seconds: 1.3, at: '1970-01-01T00:00:00.000Z' },
      b: { seconds: 3, at: '1970-01-01T00:00:01.000Z' },
    })
    expect(JSON.parse(readFileSync(file, 'utf8'))).to.deep.equal(timings)
  })

  it('are not written when nothing was done', async () => {
    await updateTimings(file, [result('a', 'there', 0)], first)
    expect(existsSync(file)).to.equal(false)
  })

  it('begin anew when the file is broken', async () => {
    await updateTimings(file, [result('a', 'done', 1)], first)
    writeFileSync(file, '{')
    const timings = await updateTimings(file, [result('b', 'done', 1)], second)
    expect(Object.keys(timings.steps)).to.deep.equal(['b'])
  })
})
