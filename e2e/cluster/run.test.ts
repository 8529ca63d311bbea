import { expect } from 'chai'
import { Readable } from 'node:stream'
import { ClusterError } from './errors.ts'
import { run } from './run.ts'

describe('running a program', () => {
  it('answers what it printed', async () => {
    const script = 'cat; echo aside >&2'
    const result = await run(['sh', '-c', script], { input: Readable.from(['in', 'put']) })
    expect(result).to.deep.equal({ stdout: 'input', stderr: 'aside\n' })
  })

  const failures: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['its exit code and last words', ['sh', '-c', 'echo why >&2; exit 7'], /code 7\nwhy$/],
    ['the signal that killed it', ['sh', '-c', 'kill -TERM $$'], /ended with SIGTERM$/],
    ['that it is not there', ['/no/such/program'], /cannot be started: .*ENOENT/],
  ]
  for (const [title, argv, message] of failures) {
    it(`fails with ${title}`, async () => {
      const error: unknown = await run(argv).catch((e: unknown) => e)
      expect(error).to.be.instanceOf(ClusterError)
      expect(String(error)).to.match(message)
    })
  }

  it('kills it with its children at the deadline', async () => {
    const start = performance.now()
    // The child holds the pipe: only its death too lets us go on.
    const sleepers = run(['sh', '-c', 'sleep 30 & wait'], { timeoutMs: 100 })
    expect(String(await sleepers.catch((e: unknown) => e))).to.match(/not done after 100 ms/)
    expect(performance.now() - start).to.be.below(5_000)
  })

  it('throws the reason of the signal when interrupted', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.any([AbortSignal.abort(reason)])
    expect(await run(['sleep', '30'], { signal }).catch((e: unknown) => e)).to.equal(reason)
    const later = new AbortController()
    const sleeping = run(['sleep', '30'], { signal: later.signal })
    later.abort(reason)
    expect(await sleeping.catch((e: unknown) => e)).to.equal(reason)
  })
})
