import { expect } from 'chai'
import { ApiError, codeFor } from './apiError.ts'
import type { ApiErrorCode } from './apiError.ts'
import { errorOfAnswer } from './answer.ts'
import { retryDelayMs } from './retry.ts'

describe('retry', () => {
  const policy = { idempotent: true, maxRetries: 5 }
  const error = (code: ApiErrorCode, retryAfterMs?: number): ApiError =>
    new ApiError({ code, message: '', retryAfterMs })

  it('doubles the waiting time up to five seconds, with up to half more at random', () => {
    const wait = (attempt: number, random: number): number | undefined =>
      retryDelayMs(error('Unavailable'), attempt, { ...policy, maxRetries: 9 }, random)
    const waits = [1, 2, 3, 4, 5, 6].map((attempt) => wait(attempt, 0))
    expect(waits).to.deep.equal([200, 400, 800, 1_600, 3_200, 5_000])
    expect(wait(1, 0.5)).to.equal(250)
  })

  it('never comes back sooner than it was asked to', () => {
    expect(retryDelayMs(error('TooManyRequests', 3_000), 1, policy, 0)).to.equal(3_000)
  })

  const given: Record<string, [ApiErrorCode, attempt: number, idempotent: boolean]> = {
    'after the last retry': ['Unavailable', 6, true],
    'when it would do the same again': ['Conflict', 1, true],
    'when it may have been done already': ['ServerError', 1, false],
  }
  for (const [name, [code, attempt, idempotent]] of Object.entries(given)) {
    it(`gives up ${name}`, () => {
      const delay = retryDelayMs(error(code), attempt, { ...policy, idempotent }, 0)
      expect(delay).to.equal(undefined)
    })
  }
})

describe('error codes', () => {
  const cases: readonly [status: number, reason: string, code: ApiErrorCode][] = [
    [409, 'AlreadyExists', 'AlreadyExists'],
    [409, 'Conflict', 'Conflict'],
    [409, '', 'Conflict'],
    [410, 'Expired', 'Gone'],
    [500, 'ServerTimeout', 'Timeout'],
    [502, '', 'ServerError'],
    [503, '', 'Unavailable'],
    [418, '', 'Unknown'],
  ]
  for (const [status, reason, code] of cases) {
    it(`${status} ${reason} is ${code}`, () => {
      expect(codeFor(status, reason)).to.equal(code)
    })
  }

  it('quotes a proxy that answers with a page', () => {
    const error = errorOfAnswer({ what: 'GET /', status: 502, text: '<html>bad gateway</html>' })
    expect(error).to.include({ code: 'ServerError', retryable: true })
    expect(error.message).to.equal('GET /: <html>bad gateway</html> (502)')
  })

  it('takes the waiting time from the header, else from the details', () => {
    const text = JSON.stringify({ kind: 'Status', details: { retryAfterSeconds: 7 } })
    const answer = { what: '', status: 429, text }
    expect(errorOfAnswer(answer).retryAfterMs).to.equal(7_000)
    expect(errorOfAnswer({ ...answer, retryAfter: '2' }).retryAfterMs).to.equal(2_000)
  })
})
