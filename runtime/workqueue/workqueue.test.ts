import { expect } from 'chai'
import fc from 'fast-check'
import { createManualClock } from '../clock/manualClock.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { createBucket } from './bucket.ts'
import { createDelays } from './delays.ts'
import { createFifo } from './fifo.ts'
import { createWorkqueue } from './workqueue.ts'
import type { Workqueue, WorkqueueOptions } from './workqueue.ts'

describe('workqueue', () => {
  const create = (options: Partial<WorkqueueOptions> = {}): Workqueue =>
    createWorkqueue({ name: 'test', random: () => 0, ...options })

  it('gives keys in the order they came, each once', async () => {
    const queue = create()
    for (const key of ['a', 'b', 'a', 'c', 'b']) queue.add(key)
    expect([await queue.get(), await queue.get(), await queue.get()]).to.deep.equal(['a', 'b', 'c'])
    expect(queue.depth()).to.equal(0)
  })

  it('gives what is news before what is not', async () => {
    const queue = create()
    queue.add('old', 'low')
    queue.add('raised', 'low')
    queue.add('news')
    queue.add('raised')
    const keys = [await queue.get(), await queue.get(), await queue.get()]
    expect(keys).to.deep.equal(['news', 'raised', 'old'])
  })

  it('gives a key that was added while in work once more, and only after it is done', async () => {
    const queue = create()
    queue.add('a')
    expect(await queue.get()).to.equal('a')
    queue.add('a')
    queue.add('a')
    queue.add('b')
    expect(await queue.get()).to.equal('b')
    expect(queue.depth()).to.equal(1)
    queue.done('a')
    expect(await queue.get()).to.equal('a')
    queue.done('a')
    expect(queue.depth()).to.equal(0)
  })

  it('wakes workers that wait, in their order', async () => {
    const queue = create()
    const first = queue.get()
    const second = queue.get()
    queue.add('a')
    queue.add('b')
    expect([await first, await second]).to.deep.equal(['a', 'b'])
  })

  it('lets a failing key wait twice as long each time, up to the most', async () => {
    const clock = createManualClock()
    const queue = create({ clock, maxDelayMs: 30 })
    const waits: number[] = []
    for (let i = 0; i < 5; i++) {
      queue.addRateLimited('a')
      const startMs = clock.now()
      const key = queue.get()
      while (queue.depth() === 0 && queue.working().size === 0) await clock.advance(1)
      await key
      waits.push(clock.now() - startMs)
      queue.done('a')
    }
    expect(waits).to.deep.equal([5, 10, 20, 30, 30])
    expect(queue.retries('a')).to.equal(5)
    queue.forget('a')
    expect(queue.retries('a')).to.equal(0)
  })

  it('takes the sooner of two times for one key', async () => {
    const clock = createManualClock()
    const queue = create({ clock })
    queue.addAfter('a', 1_000)
    queue.addAfter('a', 100)
    queue.addAfter('a', 5_000)
    await clock.advance(100)
    expect(await queue.get()).to.equal('a')
    queue.done('a')
    await clock.advance(10_000)
    expect(queue.depth()).to.equal(0)
    expect(clock.sleepers()).to.equal(0)
  })

  it('ends waiting workers at the shutdown and takes nothing more', async () => {
    const clock = createManualClock()
    const queue = create({ clock })
    const worker = queue.get()
    queue.addAfter('late', 1_000)
    queue.shutdown()
    queue.add('a')
    expect(await worker).to.equal(undefined)
    expect(await queue.get()).to.equal(undefined)
    await clock.advance(1)
    expect(clock.sleepers()).to.equal(0)
  })

  it('never works on one key twice at once and forgets none', async () => {
    const step = fc.record({ key: fc.constantFrom('a', 'b', 'c'), finish: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const queue = create()
        const inWork: string[] = []
        const unseen = new Set<string>()
        const take = async (): Promise<void> => {
          const key = (await queue.get()) ?? ''
          expect(inWork).not.to.include(key)
          inWork.push(key)
          unseen.delete(key)
        }
        for (const { key, finish } of steps) {
          queue.add(key)
          unseen.add(key)
          if (finish) queue.done(inWork.shift() ?? '')
          if (queue.depth() > 0 && !inWork.includes(key)) await take()
        }
        while (inWork.length > 0 || unseen.size > 0) {
          while ([...unseen].some((key) => !inWork.includes(key))) await take()
          queue.done(inWork.shift() ?? '')
        }
        expect(queue.depth()).to.equal(0)
      }),
      { numRuns: 200 },
    )
  })

  it('shows what waits and what hangs', async () => {
    const clock = createManualClock()
    const metrics = createMetrics()
    const queue = create({ clock, metrics })
    queue.add('a')
    queue.add('b')
    await queue.get()
    await clock.advance(3_000)
    const text = await metrics.text()
    expect(text).to.contain('workqueue_depth{name="test"} 1')
    expect(text).to.contain('workqueue_adds_total{name="test"} 2')
    expect(text).to.contain('workqueue_longest_running_processor_seconds{name="test"} 3')
    expect(text).to.contain('workqueue_unfinished_work_seconds{name="test"} 3')
  })
})

describe('delays', () => {
  it('release every key at its time, in order', async () => {
    const keys = fc.uniqueArray(fc.integer({ min: 1, max: 500 }), { maxLength: 60 })
    await fc.assert(
      fc.asyncProperty(keys, async (times) => {
        const clock = createManualClock(0)
        const released: [string, number][] = []
        const { signal } = new AbortController()
        const delays = createDelays(clock, signal, (key) => released.push([key, clock.now()]))
        for (const ms of times) delays.schedule(`k${ms}`, ms)
        await clock.advance(500)
        const expected = times.toSorted((a, b) => a - b).map((ms) => [`k${ms}`, ms])
        expect(released).to.deep.equal(expected)
        expect(delays.size()).to.equal(0)
      }),
      { numRuns: 50 },
    )
  })
})

describe('bucket', () => {
  it('lets a burst through, then one at a time', () => {
    const bucket = createBucket(10, 2)
    expect([0, 0, 0, 0].map((nowMs) => bucket.takeMs(nowMs))).to.deep.equal([0, 0, 100, 200])
    expect(bucket.takeMs(10_000)).to.equal(0)
  })
})

describe('fifo', () => {
  it('gives back everything in order, however long', () => {
    const fifo = createFifo<number>()
    const out: (number | undefined)[] = []
    for (let i = 0; i < 1_000; i++) {
      fifo.push(i)
      if (i % 3 === 0) out.push(fifo.shift())
    }
    while (fifo.size() > 0) out.push(fifo.shift())
    expect(out).to.deep.equal(Array.from({ length: 1_000 }, (_, i) => i))
    expect(fifo.shift()).to.equal(undefined)
  })
})
