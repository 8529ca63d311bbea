import { expect } from 'chai'
import { ApiError } from '../../runtime/transport/apiError.ts'
import type { ApiErrorCode } from '../../runtime/transport/apiError.ts'
import { standingOf } from './clusterState.ts'

const place = { server: 'https://east.example', context: 'east' }

describe('a cluster that gives no sets', () => {
  const states: Readonly<Partial<Record<ApiErrorCode, string>>> = {
    ConnectionFailed: 'away',
    Timeout: 'away',
    Unavailable: 'away',
    ServerError: 'away',
    BadAnswer: 'away',
    Unauthorized: 'signedOut',
    Forbidden: 'forbidden',
    NotFound: 'notInstalled',
  }
  for (const [code, state] of Object.entries(states)) {
    it(`is ${state} after ${code}, with the reason`, () => {
      const error = new ApiError({ code: code as ApiErrorCode, message: 'GET x: seen this' })
      const standing = standingOf(error, place)
      expect(standing.state).to.equal(state)
      expect(standing.reason).not.to.equal('')
    })
  }

  it('is away whatever else goes wrong', () => {
    expect(standingOf(new Error('no exec plugin'), place).state).to.equal('away')
  })
})
