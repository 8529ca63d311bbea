import { expect } from 'chai'
import { orAborted } from '../clock/orAborted.ts'
import { until } from '../testing/until.ts'
import { createManager } from './manager.ts'
import type { Runnable } from './runnable.ts'

describe('manager', () => {
  let log: string[]
  let stop: AbortController
  beforeEach(() => {
    log = []
    stop = new AbortController()
  })

  const never = (signal: AbortSignal): Promise<void> =>
    orAborted(new Promise(() => undefined), signal)
  const part = (name: string, extra: Partial<Runnable> = {}): Runnable => ({
    name,
    run: async (signal) => {
      log.push(`+${name}`)
      await never(signal)
      log.push(`-${name}`)
    },
    ...extra,
  })

  it('starts stages in order and stops them in reverse', async () => {
    const manager = createManager()
    manager.add('controllers', part('controller'))
    manager.add('caches', part('cache'))
    manager.add('base', part('probes'))
    manager.add('leader', part('leader'))
    const running = manager.run(stop.signal)
    await until(() => log.length === 4)
    stop.abort()
    await running
    expect(log.join(' ')).to.equal(
      '+probes +cache +leader +controller -controller -leader -cache -probes',
    )
  })

  it('waits with a stage until the one before is ready', async () => {
    const synced = Promise.withResolvers<undefined>()
    const manager = createManager()
    manager.add('caches', part('cache', { ready: (signal) => orAborted(synced.promise, signal) }))
    manager.add('controllers', part('controller'))
    const running = manager.run(stop.signal)
    await new Promise((resolve) => setImmediate(resolve))
    expect(log).to.deep.equal(['+cache'])
    synced.resolve(undefined)
    await until(() => log.length === 2)
    stop.abort()
    await running
  })

  it('stops while it waits for a stage to become ready, and starts no more', async () => {
    const manager = createManager()
    manager.add('leader', part('leader', { ready: never }))
    manager.add('controllers', part('controller'))
    const running = manager.run(stop.signal)
    await until(() => log.length === 1)
    stop.abort()
    await running
    expect(log).to.deep.equal(['+leader', '-leader'])
  })

  it('stops everything in order and throws when one part fails', async () => {
    const broken = Promise.withResolvers<undefined>()
    const manager = createManager()
    manager.add('base', part('probes'))
    manager.add('leader', part('leader', { run: () => broken.promise }))
    manager.add('controllers', part('controller'))
    const running = manager.run(stop.signal).catch((error: unknown) => error)
    await until(() => log.length === 2)
    broken.reject(new Error('the lease was lost'))
    expect(String(await running)).to.equal('Error: the lease was lost')
    expect(log).to.deep.equal(['+probes', '+controller', '-controller', '-probes'])
  })

  it('throws when a part ends though nobody told it to', async () => {
    const manager = createManager()
    manager.add('caches', part('cache', { run: () => Promise.resolve() }))
    const failure = await manager.run(stop.signal).catch((error: unknown) => error)
    expect(String(failure)).to.contain('cache ended though nobody told it to')
  })

  it('leaves behind what does not stop in time', async () => {
    const manager = createManager({ stopTimeoutMs: 20 })
    manager.add('base', part('probes'))
    manager.add('controllers', part('stuck', { run: () => new Promise(() => undefined) }))
    const running = manager.run(stop.signal)
    await until(() => log.length === 1)
    stop.abort()
    await running
    expect(log).to.deep.equal(['+probes', '-probes'])
  })

  it('starts nothing when it is told to stop before it begins', async () => {
    const manager = createManager()
    manager.add('base', part('probes'))
    stop.abort()
    await manager.run(stop.signal)
    expect(log).to.deep.equal([])
  })
})
