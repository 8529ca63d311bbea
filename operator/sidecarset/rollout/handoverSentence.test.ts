import { expect } from 'chai'
import { aHandover } from '../../testing/build.ts'
import { handoverSentence, turnedBackSentence } from './handoverSentence.ts'

const desired = {
  handover: 'abc-1',
  active: 'proxy-2',
  revision: 'abc',
  image: 'proxy:2',
  minBoot: {},
  drain: { timerSeconds: 15, maxSeconds: 600, method: {} },
  startDeadlineSeconds: 60,
  confirmSeconds: 0,
}

describe('the sentence about a handover', () => {
  it('has the numbers that an older agent tells', () => {
    expect(handoverSentence('proxy', desired, aHandover('abc-1'))).to.equal(
      'proxy serves from proxy-2 with proxy:2 after 0.62 s: 3 listeners handed over, 12 connections drained, 0 cut.',
    )
  })

  it('says by protocol what became of connections, and why some were cut', () => {
    const handover = aHandover('abc-1', {
      connectionsDrained: 9,
      connectionsCut: 3,
      cutReason: 'MaxSeconds',
      protocols: {
        http1: { atDrain: 8, drained: 8, cut: 0 },
        tcp: { atDrain: 4, drained: 1, cut: 3 },
      },
    })
    expect(handoverSentence('proxy', desired, handover)).to.contain(
      '9 connections (http1 8, tcp 1) drained, 3 (tcp 3) cut: MaxSeconds.',
    )
  })

  it('names what could not be handed over', () => {
    const handover = aHandover('abc-1', { unheld: ['udp 0.0.0.0:53'] })
    expect(handoverSentence('proxy', desired, handover)).to.contain(
      'Not handed over: udp 0.0.0.0:53.',
    )
  })

  it('tells of a drain that a rollback has overtaken', () => {
    const over = aHandover('abc-1', { connectionsDrained: 2 })
    const { settledAt, ...draining } = over
    expect(settledAt).to.be.a('string')
    const sentence = 'proxy was turned back in mid-drain of abc-1: 2 connections drained, 0 cut'
    expect(turnedBackSentence('proxy', over)).to.equal(`${sentence}.`)
    expect(turnedBackSentence('proxy', draining)).to.equal(`${sentence}, it still drains.`)
  })
})
