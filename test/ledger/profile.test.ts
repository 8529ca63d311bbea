import { expect } from 'chai'
import { laneNewConnectionsPerSecond, lanePerSecond, type Lane } from './lane.ts'
import { parseGeneratorOptions } from './options.ts'
import { lightProfile, standardProfile } from './profile.ts'

const rate = (lanes: readonly Lane[]) => lanes.reduce((sum, lane) => sum + lanePerSecond(lane), 0)
const newConnections = (lanes: readonly Lane[]) =>
  lanes.reduce((sum, lane) => sum + laneNewConnectionsPerSecond(lane), 0)

describe('the profiles', () => {
  it('are 640 requests a second with 500 new connections, and a light one for Services', () => {
    expect(rate(standardProfile())).to.be.within(635, 650)
    expect(newConnections(standardProfile())).to.be.within(500, 510)
    expect(rate(lightProfile())).to.be.within(170, 200)
    expect(newConnections(lightProfile())).to.be.below(200)
  })

  it('scale, and keep at least one client of each kind', () => {
    expect(rate(standardProfile({ scale: 0.5 }))).to.be.closeTo(rate(standardProfile()) / 2, 10)
    const tiny = standardProfile({ scale: 0.01, stream: true, tcp: true })
    for (const lane of tiny) expect(lanePerSecond(lane)).to.be.above(0)
  })

  it('have streams and raw TCP only when asked', () => {
    const kinds = (lanes: readonly Lane[]) => new Set(lanes.map(({ kind }) => kind))
    expect(kinds(standardProfile())).to.not.include.keys('stream', 'tcp')
    expect(kinds(standardProfile({ stream: true, tcp: true }))).to.include.keys('stream', 'tcp')
    expect(kinds(lightProfile({ stream: true, tcp: true })).size).to.equal(9)
  })

  it('are options that the generator takes', () => {
    const target = { host: '127.0.0.1', port: 1 }
    const options = {
      targets: { http: [target], tcp: [target] },
      lanes: standardProfile({ stream: true, tcp: true }),
    }
    expect(parseGeneratorOptions(JSON.parse(JSON.stringify(options)))).to.deep.equal(options)
  })
})
