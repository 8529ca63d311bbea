import { expect } from 'chai'
import { createInformer } from '../cache/informer.ts'
import { PODS } from '../client/kinds.ts'
import { keyOf } from '../client/objects.ts'
import { createManualClock } from '../clock/manualClock.ts'
import { createMetrics } from '../metrics/metrics.ts'
import { startFakeApiServer } from '../testing/apiserver.ts'
import { aPod } from '../testing/build.ts'
import { connect } from '../testing/connect.ts'
import { until } from '../testing/until.ts'
import { ApiError } from '../transport/apiError.ts'
import { createController } from './controller.ts'
import type { Controller, ControllerOptions } from './controller.ts'
import { createExpectations } from './expectations.ts'
import { watches } from './source.ts'
import { TerminalError } from './terminalError.ts'

describe('controller', () => {
  let stop: AbortController
  let running: Promise<void>[]
  beforeEach(() => {
    stop = new AbortController()
    running = []
  })
  afterEach(async () => {
    stop.abort()
    await Promise.all(running)
  })
  const start = (options: Omit<ControllerOptions, 'name'>): Controller => {
    const controller = createController({ name: 'test', random: () => 0, ...options })
    running.push(controller.run(stop.signal))
    return controller
  }

  it('reconciles what its sources name', async () => {
    const server = await startFakeApiServer()
    const client = connect(server)
    try {
      server.put(PODS, aPod('a', { labels: { set: 'mesh' } }))
      const pods = createInformer({ resource: client.resource(PODS) })
      running.push(pods.run(stop.signal))
      await pods.ready(stop.signal)
      const seen: string[] = []
      const toKeys = (pod: { metadata: { labels?: Readonly<Record<string, string>> } }): string[] =>
        Object.values(pod.metadata.labels ?? {})
      start({
        sources: [watches(pods, toKeys)],
        reconcile: (key) => {
          seen.push(key)
          return Promise.resolve()
        },
      })
      await until(() => seen.length === 1)
      server.put(PODS, aPod('a', { labels: { set: 'other' } }))
      await until(() => seen.length === 3)
      expect(seen).to.deep.equal(['mesh', 'mesh', 'other'])
    } finally {
      stop.abort()
      await Promise.all(running)
      await client.transport.close()
      await server.stop()
    }
  })

  it('looks at a key that changes all the time only so often, and misses no change', async () => {
    const clock = createManualClock()
    const startMs = clock.now()
    const atMs: number[] = []
    const controller = start({
      clock,
      minIntervalMs: 100,
      reconcile: () => {
        atMs.push(clock.now() - startMs)
        return Promise.resolve()
      },
    })
    for (let ms = 0; ms < 250; ms += 10) {
      controller.enqueue('busy')
      await clock.advance(10)
    }
    controller.enqueue('other')
    await clock.advance(200)
    expect(atMs).to.deep.equal([0, 100, 200, 250, 300])
  })

  it('lets a key rest for as long as its reconcile asks for', async () => {
    const clock = createManualClock()
    const startMs = clock.now()
    const atMs: number[] = []
    const controller = start({
      clock,
      minIntervalMs: 10,
      reconcile: (key) => {
        if (key === 'large') atMs.push(clock.now() - startMs)
        return Promise.resolve({ restMs: key === 'large' ? 100 : 0, requeueAfterMs: 20 })
      },
    })
    controller.enqueue('large')
    controller.enqueue('small')
    await clock.advance(250)
    expect(atMs).to.deep.equal([0, 100, 200])
  })

  it('tries again what failed, later each time, and stops when it is well', async () => {
    const clock = createManualClock()
    const metrics = createMetrics()
    const atMs: number[] = []
    const startMs = clock.now()
    const controller = start({
      clock,
      metrics,
      reconcile: () => {
        atMs.push(clock.now() - startMs)
        return atMs.length < 4 ? Promise.reject(new Error('not yet')) : Promise.resolve()
      },
    })
    controller.enqueue('a')
    await clock.advance(1_000)
    expect(atMs).to.deep.equal([0, 5, 15, 35])
    const text = await metrics.text()
    expect(text).to.contain('controller_runtime_reconcile_errors_total{controller="test"} 3')
    expect(text).to.contain(
      'controller_runtime_reconcile_total{controller="test",result="success"} 1',
    )
    expect(text).to.contain('workqueue_retries_total{name="test"} 3')
  })

  it('looks again after the time the reconcile asks for', async () => {
    const clock = createManualClock()
    let times = 0
    const controller = start({
      clock,
      reconcile: () => {
        times++
        return Promise.resolve(times === 1 ? { requeueAfterMs: 60_000 } : {})
      },
    })
    controller.enqueue('a')
    await clock.advance(59_999)
    expect(times).to.equal(1)
    await clock.advance(1)
    expect(times).to.equal(2)
  })

  it('leaves alone what no retry can mend', async () => {
    const clock = createManualClock()
    let times = 0
    const controller = start({
      clock,
      reconcile: () => {
        times++
        return Promise.reject(new TerminalError('the user must act'))
      },
    })
    controller.enqueue('a')
    await clock.advance(10_000_000)
    expect(times).to.equal(1)
  })

  it('counts a conflict as a requeue, not as an error', async () => {
    const clock = createManualClock()
    const metrics = createMetrics()
    let times = 0
    const controller = start({
      clock,
      metrics,
      reconcile: () => {
        times++
        if (times > 1) return Promise.resolve()
        return Promise.reject(new ApiError({ code: 'Conflict', message: 'somebody was faster' }))
      },
    })
    controller.enqueue('a')
    await clock.advance(100)
    expect(times).to.equal(2)
    const text = await metrics.text()
    expect(text).to.contain('reconcile_total{controller="test",result="requeue"} 1')
    expect(text).to.contain('reconcile_errors_total{controller="test"} 0')
  })

  it('works on several keys at once but on none twice', async () => {
    const inWork = new Set<string>()
    let most = 0
    let ended = 0
    const controller = start({
      concurrency: 3,
      reconcile: async (key) => {
        expect(inWork.has(key)).to.equal(false)
        inWork.add(key)
        most = Math.max(most, inWork.size)
        await new Promise((resolve) => setImmediate(resolve))
        inWork.delete(key)
        ended++
      },
    })
    for (let i = 0; i < 30; i++) controller.enqueue(`k${i % 10}`)
    await until(() => ended >= 10)
    expect(most).to.equal(3)
  })

  it('aborts reconciles when it is stopped and waits for their end', async () => {
    let ended = false
    const controller = start({
      reconcile: async (_key, signal) => {
        await new Promise<void>((resolve) => {
          signal.addEventListener('abort', () => {
            resolve()
          })
        })
        ended = true
      },
    })
    controller.enqueue('a')
    await new Promise((resolve) => setImmediate(resolve))
    stop.abort()
    await Promise.all(running)
    expect(ended).to.equal(true)
  })

  it('aborts a reconcile that takes too long', async () => {
    const aborted = Promise.withResolvers<boolean>()
    const controller = start({
      reconcileTimeoutMs: 20,
      reconcile: async (_key, signal) => {
        await until(() => signal.aborted)
        aborted.resolve(true)
      },
    })
    controller.enqueue('a')
    expect(await aborted.promise).to.equal(true)
  })

  it('tells liveness about a reconcile that hangs', async () => {
    const clock = createManualClock()
    const hang = Promise.withResolvers<undefined>()
    const controller = start({
      clock,
      reconcileTimeoutMs: 1_000,
      reconcile: async () => {
        await hang.promise
      },
    })
    controller.enqueue('a')
    await clock.advance(1_000)
    expect(controller.check()).to.equal(undefined)
    await clock.advance(1_000)
    expect(controller.check()).to.equal('the reconcile of a in test has hung for 2 s')
    hang.resolve(undefined)
  })
})

describe('expectations', () => {
  it('hold back an older cache until the written version is seen', () => {
    const expectations = createExpectations()
    const pod = (resourceVersion: string): ReturnType<typeof aPod> => aPod('a', { resourceVersion })
    const key = keyOf(pod('1'))
    expect(expectations.satisfied(key, pod('9'))).to.equal(true)
    expectations.expect(key, '100')
    expect(expectations.satisfied(key, pod('99'))).to.equal(false)
    expect(expectations.satisfied(key, undefined)).to.equal(false)
    expect(expectations.satisfied(key, pod('101'))).to.equal(true)
    expect(expectations.satisfied(key, pod('99'))).to.equal(true)
  })

  it('give up on a write that is never seen', async () => {
    const clock = createManualClock()
    const expectations = createExpectations({ clock, timeoutMs: 1_000 })
    expectations.expect('a', '100')
    expect(expectations.satisfied('a', undefined)).to.equal(false)
    await clock.advance(1_000)
    expect(expectations.satisfied('a', undefined)).to.equal(true)
  })
})
