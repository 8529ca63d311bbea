import { expect } from 'chai'
import { createManualClock } from '../../runtime/clock/manualClock.ts'
import { silentLogger } from '../../runtime/logging/logger.ts'
import { until } from '../../runtime/testing/until.ts'
import { keepFresh } from './keepFresh.ts'
import type { IssuedTokens } from './provider.ts'

const HOUR_MS = 3_600_000

function token(number: number, expiresAtMs: number): IssuedTokens {
  const refreshToken = `refresh-${number}`
  return { idToken: `id-${number}`, subject: 'ada', expiresAtMs, refreshToken }
}

/** A provider that gives the next number, unless it is away, and what it is asked. */
function setUp(change: Partial<IssuedTokens> = {}) {
  const clock = createManualClock(0)
  const asked: string[] = []
  const revoked: string[] = []
  const state = { away: false, ended: 0 }
  const fresh = keepFresh({
    tokens: { ...token(1, HOUR_MS), ...change },
    clock,
    logger: silentLogger,
    onEnd: () => state.ended++,
    provider: {
      refresh: (refreshToken, subject) => {
        asked.push(`${refreshToken} ${subject}`)
        if (state.away) return Promise.reject(new Error('away'))
        return Promise.resolve(token(asked.length + 1, clock.now() + HOUR_MS))
      },
      revoke: (refreshToken) => {
        revoked.push(refreshToken)
        return Promise.resolve()
      },
    },
  })
  return { clock, asked, revoked, state, fresh }
}

describe('a token that is kept fresh', () => {
  it('is renewed a minute before it ends, each time by the refresh token of then', async () => {
    const { clock, asked, fresh } = setUp()
    await until(() => clock.sleepers() === 1)
    await clock.advance(HOUR_MS - 60_001)
    expect(asked).to.deep.equal([])
    await clock.advance(1)
    await until(() => fresh.current() === 'id-2')
    await until(() => clock.sleepers() === 1)
    await clock.advance(HOUR_MS - 60_000)
    await until(() => fresh.current() === 'id-3')
    expect(asked).to.deep.equal(['refresh-1 ada', 'refresh-2 ada'])
    fresh.stop()
  })

  it('is tried again while it is good, and ends with it', async () => {
    const { clock, asked, state, fresh } = setUp()
    state.away = true
    await until(() => clock.sleepers() === 1)
    await clock.advance(HOUR_MS - 60_000)
    const isOver = (): boolean => state.ended > 0
    while (!isOver()) {
      await until(() => isOver() || clock.sleepers() === 1)
      if (!isOver()) await clock.advance(5_000)
    }
    expect(clock.now()).to.equal(HOUR_MS)
    expect(asked).to.have.length.greaterThan(10)
    fresh.stop()
  })

  it('goes on when the provider is back in time', async () => {
    const { clock, state, fresh } = setUp()
    state.away = true
    await until(() => clock.sleepers() === 1)
    await clock.advance(HOUR_MS - 60_000)
    await until(() => clock.sleepers() === 1)
    state.away = false
    await clock.advance(5_000)
    await until(() => fresh.current() !== 'id-1')
    expect(state.ended).to.equal(0)
    fresh.stop()
  })

  it('ends at its end when nothing can renew it', async () => {
    const { clock, asked, state } = setUp({ refreshToken: undefined } as never)
    await until(() => clock.sleepers() === 1)
    await clock.advance(HOUR_MS - 1)
    expect(state.ended).to.equal(0)
    await clock.advance(1)
    await until(() => state.ended === 1)
    expect(asked).to.deep.equal([])
  })

  it('is revoked once when the session ends, and renewed no more', async () => {
    const { clock, asked, revoked, state, fresh } = setUp()
    fresh.stop()
    fresh.stop()
    await clock.advance(2 * HOUR_MS)
    expect(revoked).to.deep.equal(['refresh-1'])
    expect([asked.length, state.ended]).to.deep.equal([0, 0])
  })
})
