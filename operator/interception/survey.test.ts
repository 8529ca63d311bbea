import { expect } from 'chai'
import { createManualClock } from '../../runtime/clock/manualClock.ts'
import { createSurvey } from './survey.ts'

describe('the survey of pods in which nothing goes on', () => {
  it('asks a few at a time, all of them in turns', async () => {
    const clock = createManualClock(0)
    const survey = createSurvey({ clock, everyMs: 1_000, atATime: 2 })
    const keys = ['c', 'a', 'b']
    expect(survey.turn('x', keys)).to.deep.equal(['a', 'b'])
    expect(survey.turn('x', keys)).to.deep.equal([])
    await clock.advance(1_000)
    expect(survey.turn('x', keys)).to.deep.equal(['c', 'a'])
    await clock.advance(1_000)
    // Others may have come and gone.
    expect(survey.turn('x', ['a', 'aa', 'd'])).to.deep.equal(['aa', 'd'])
  })

  it('does not mix objects up, and forgets those that are gone', () => {
    const survey = createSurvey({ clock: createManualClock(0), everyMs: 1_000, atATime: 1 })
    expect(survey.turn('x', ['a', 'b'])).to.deep.equal(['a'])
    expect(survey.turn('y', ['a', 'b'])).to.deep.equal(['a'])
    survey.forget('x')
    expect(survey.turn('x', ['a', 'b'])).to.deep.equal(['a'])
  })
})
