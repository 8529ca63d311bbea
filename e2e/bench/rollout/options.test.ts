import { expect } from 'chai'
import { parseOptions } from './options.ts'

describe('the options of the rollout benchmark', () => {
  it('measure what the goals name when nothing is said', () => {
    const options = parseOptions([])
    expect(options).to.deep.include({ pods: [100, 1000], maxUnavailable: ['10%', '100%'] })
    expect(options).to.include({ baton: true, peer: true, restartMs: 1000, deadlineMs: 600_000 })
  })
  it('leave one operator out', () => {
    expect(parseOptions(['--without-peer'])).to.include({ baton: true, peer: false })
    expect(parseOptions(['--only-peer'])).to.include({ baton: false, peer: true })
  })
  it('hand settings to the operator', () => {
    const { operator } = parseOptions(['--operator', 'PODS_AT_A_TIME=4,LOG_LEVEL=debug'])
    expect(operator).to.deep.equal({ PODS_AT_A_TIME: '4', LOG_LEVEL: 'debug' })
  })

  const refused: Record<string, readonly string[]> = {
    "--pods is '0'; give a whole number from 1 to 50000": ['--pods', '100,0'],
    "--pods is 'many'; give a whole number": ['--pods', 'many'],
    "--max-unavailable is '0'; give a number or a percentage": ['--max-unavailable', '10%,0'],
    "--operator is 'fast'; give NAME=value": ['--operator', 'fast'],
    'leave nothing to measure': ['--without-peer', '--only-peer'],
  }
  for (const [sentence, args] of Object.entries(refused))
    it(`refuse ${args.join(' ')}`, () => {
      expect(() => parseOptions(args)).to.throw(sentence)
    })
})
