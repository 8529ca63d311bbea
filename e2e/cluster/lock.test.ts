import { expect } from 'chai'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { withLock } from './lock.ts'

const lockName = `lock test ${process.pid}`

describe('a lock between processes', () => {
  it('lets one holder in at a time', async () => {
    let holders = 0
    let most = 0
    const work = async () => {
      most = Math.max(most, ++holders)
      await new Promise(setImmediate)
      holders--
    }
    await Promise.all([1, 2, 3].map(() => withLock(lockName, work)))
    expect(most).to.equal(1)
  })

  it('says whose end was waited for when the deadline is over', async () => {
    const inner = () => withLock(lockName, () => Promise.resolve(), { deadlineMs: 50 })
    const error: unknown = await withLock(lockName, inner).catch((e: unknown) => e)
    expect(String(error)).to.match(/another process holds the lock 'lock test/)
  })

  it('is free again when its holder was killed', async () => {
    const module = JSON.stringify(join(import.meta.dirname, 'lock.ts'))
    const script = `
      import { withLock } from ${module}
      await withLock(${JSON.stringify(lockName)}, () => {
        console.log('held')
        return new Promise((resolve) => setTimeout(resolve, 60_000))
      })`
    const child = spawn(process.execPath, ['--input-type=module', '--eval', script])
    await once(child.stdout, 'data')
    const refused: unknown = await withLock(lockName, () => Promise.resolve(), {
      deadlineMs: 50,
    }).catch((error: unknown) => error)
    expect(refused).to.be.instanceOf(Error)
    child.kill('SIGKILL')
    expect(await withLock(lockName, () => Promise.resolve('free'), { deadlineMs: 5_000 })).to.equal(
      'free',
    )
  })
})
