import { expect } from 'chai'
import { runSteps } from './runSteps.ts'
import type { StepObserver } from './runSteps.ts'
import type { Step, StepContext } from './step.ts'

interface Sketch {
  readonly needs?: readonly string[]
  readonly isDone?: boolean
  readonly run?: (context: StepContext) => Promise<void> | void
}

describe('the steps of the set-up', () => {
  let log: string[] = []
  beforeEach(() => {
    log = []
  })
  const observer: StepObserver = {
    planned: (todo) => log.push(`planned ${todo.map(({ name }) => name).join(' ')}`),
    started: ({ name }) => log.push(`started ${name}`),
    said: ({ name }, status) => log.push(`${name} says ${status}`),
    ended: ({ name }, { outcome }) => log.push(`ended ${name} ${outcome}`),
  }
  const step = (name: string, { needs = [], isDone = false, run }: Sketch): Step => ({
    name,
    what: `the ${name}`,
    needs,
    isDone: () => Promise.resolve(isDone),
    run: async (context) => run?.(context),
  })
  const run = async (
    sketches: Record<string, Sketch>,
    signal = new AbortController().signal,
  ): Promise<string[]> => {
    const steps = Object.entries(sketches).map(([name, sketch]) => step(name, sketch))
    const results = await runSteps(steps, { signal, observer, now: () => 0 })
    return results.map(({ name, outcome, reason }) => [name, outcome, reason].join(' ').trim())
  }

  it('that are done are not run', async () => {
    const broken = (): never => {
      throw new Error('was run')
    }
    expect(await run({ a: { isDone: true, run: broken } })).to.deep.equal(['a there'])
    expect(log).to.deep.equal(['planned '])
  })

  it('run after those they need', async () => {
    const first = Promise.withResolvers<undefined>()
    const running = run({
      a: { run: () => first.promise },
      b: {
        needs: ['a'],
        run: ({ signal, say }) => {
          say(String(signal.aborted))
        },
      },
    })
    await untilLogged(log, 'started a')
    first.resolve(undefined)
    expect(await running).to.deep.equal(['a done', 'b done'])
    expect(log).to.deep.equal([
      'planned a b',
      'started a',
      'ended a done',
      'started b',
      'b says false',
      'ended b done',
    ])
  })

  it('run side by side when they do not need each other', async () => {
    const meeting = Promise.withResolvers<undefined>()
    const results = await run({
      waits: { run: () => meeting.promise },
      releases: {
        run: () => {
          meeting.resolve(undefined)
        },
      },
    })
    expect(results).to.deep.equal(['waits done', 'releases done'])
  })

  it('that need a done step do not wait', async () => {
    expect(await run({ a: { isDone: true }, b: { needs: ['a'] } })).to.deep.equal([
      'a there',
      'b done',
    ])
  })

  it('that need a failed one are skipped, the others go on', async () => {
    const results = await run({
      a: { run: () => Promise.reject(new Error('no network')) },
      b: { needs: ['a'] },
      c: { needs: ['b'] },
      d: {},
    })
    expect(results).to.deep.equal([
      'a failed no network',
      'b skipped needs a',
      'c skipped needs b',
      'd done',
    ])
  })

  it('are not begun after an interruption', async () => {
    const interruption = new AbortController()
    const results = await run(
      {
        a: {
          run: ({ signal }) => {
            interruption.abort(new Error('interrupted'))
            signal.throwIfAborted()
          },
        },
        b: { needs: ['a'] },
      },
      interruption.signal,
    )
    expect(results).to.deep.equal(['a skipped interrupted', 'b skipped interrupted'])
  })

  it('must come after those they need', async () => {
    const error = await run({ a: { needs: ['b'] }, b: {} }).catch((reason: unknown) => reason)
    expect(String(error)).to.contain("step 'a' needs 'b'")
  })
})

async function untilLogged(log: readonly string[], line: string): Promise<void> {
  const deadline = performance.now() + 5000
  while (!log.includes(line)) {
    if (performance.now() > deadline) throw new Error(`'${line}' was not logged within 5 s`)
    await new Promise((resolve) => setImmediate(resolve))
  }
}
