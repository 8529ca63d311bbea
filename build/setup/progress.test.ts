import { expect } from 'chai'
import { duration } from './duration.ts'
import { showProgress } from './progress.ts'
import type { Step, StepResult } from './step.ts'
import { summarize } from './summary.ts'

const step = (name: string): Step => ({
  name,
  what: `all about ${name}`,
  needs: [],
  isDone: () => Promise.resolve(false),
  run: () => Promise.resolve(),
})
const result = (change: Partial<StepResult>): StepResult => ({
  name: 'a',
  what: 'all about a',
  outcome: 'done',
  seconds: 1.5,
  ...change,
})

describe('the progress of the set-up', () => {
  const show = (
    terminal: boolean,
  ): { progress: ReturnType<typeof showProgress>; text: () => string } => {
    let text = ''
    const progress = showProgress({
      write: (part) => {
        text += part
      },
      terminal,
      columns: 40,
      now: () => performance.now(),
    })
    return { progress, text: () => text }
  }
  const [a, b] = [step('a'), step('b')]

  it('is lines where there is no terminal', () => {
    const { progress, text } = show(false)
    progress.planned([a, b])
    progress.started(b)
    progress.ended(b, result({}))
    progress.ended(a, result({ outcome: 'failed', reason: 'tried: x\nseen:  y' }))
    progress.close()
    expect(text()).to.equal(
      '[2/2] b: all about b\n[2/2] b: done in 1.5s\n' +
        '[1/2] a: FAILED after 1.5s\n    tried: x\n    seen:  y\n',
    )
  })

  it('is one line that is painted over on a terminal, no longer than it is wide', async () => {
    const { progress, text } = show(true)
    progress.planned([a, b])
    progress.started(a)
    progress.said(a, 'x'.repeat(80))
    const deadline = performance.now() + 5000
    while (text() === '' && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20))
    const painted = text()
    progress.ended(a, result({}))
    progress.close()
    expect(painted).to.equal(`[1/2] a: ${'x'.repeat(30)}`)
    expect(text()).to.equal(`${painted}\r\u001b[K[1/2] a: done in 1.5s\n`)
  })
})

describe('the summary of the set-up', () => {
  it('has a line for each step and the total', () => {
    const results = [
      result({}),
      result({ name: 'long name', outcome: 'there', seconds: 0 }),
      result({ name: 'b', outcome: 'failed', seconds: 200 }),
      result({ name: 'c', outcome: 'skipped', seconds: 0 }),
    ]
    expect(summarize(results, 201_000).split('\n')).to.deep.equal([
      '  a          done             1.5s  all about a',
      '  long name  there already          all about a',
      '  b          FAILED          3m20s  all about a',
      '  c          skipped                all about a',
      '  all                        3m21s',
    ])
  })
})

describe('a duration', () => {
  const texts: readonly [number, string][] = [
    [0, '0.0s'],
    [949, '0.9s'],
    [9949, '9.9s'],
    [9950, '10s'],
    [59_400, '59s'],
    [59_600, '1m00s'],
    [192_000, '3m12s'],
  ]
  for (const [milliseconds, text] of texts)
    it(`of ${milliseconds} ms reads ${text}`, () => {
      expect(duration(milliseconds)).to.equal(text)
    })
})
