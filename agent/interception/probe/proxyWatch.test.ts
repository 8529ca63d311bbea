import { expect } from 'chai'
import { portsOf, ProxyWatch } from './proxyWatch.ts'

const PORTS = [15_006, 15_001]
const ALL = new Set(PORTS)
const NONE = new Set<number>()
const seen = { inbound: 'Seen', outbound: 'Seen', hungMs: null, isTaking: false } as const
const unaccepted = {
  inbound: 'NotAccepted',
  outbound: 'Seen',
  hungMs: null,
  isTaking: false,
} as const
const refused = { inbound: 'Refused', outbound: 'Refused', hungMs: null, isTaking: false } as const

describe('a proxy that is watched', () => {
  it('serves while it listens on all its ports, and is down from when one is missing', () => {
    const watch = new ProxyWatch()
    const looks = [
      watch.look(PORTS, ALL, 0),
      watch.look(PORTS, ALL, 900),
      watch.look(PORTS, new Set([15_006]), 1000),
      watch.look(PORTS, NONE, 1300),
      watch.look(PORTS, ALL, 1400),
    ].map(({ proxy, downMs, servesMs }) => [proxy, downMs, servesMs])
    expect(looks).to.deep.equal([
      ['serves', 0, 0],
      ['serves', 0, 900],
      ['down', 0, 0],
      ['down', 300, 0],
      ['serves', 0, 0],
    ])
  })

  it('that hangs is down when it leaves three probes in a row, though it listens', () => {
    const watch = new ProxyWatch()
    const judged = [unaccepted, unaccepted, seen, unaccepted, unaccepted, unaccepted].map((one) => {
      watch.probed(one, 0)
      return [watch.look(PORTS, ALL, 0).proxy, watch.isDoubtful]
    })
    expect(judged).to.deep.equal([
      ['serves', true],
      ['serves', true],
      ['serves', false],
      ['serves', true],
      ['serves', true],
      ['down', false],
    ])
    watch.probed(seen, 0)
    expect(watch.look(PORTS, ALL, 0).proxy).to.equal('serves')
  })

  it('that was seen to stand still is down by one probe, from when that began to wait', () => {
    const watch = new ProxyWatch()
    watch.look(PORTS, ALL, 0)
    watch.probed({ ...unaccepted, hungMs: 450 }, 1000)
    expect(watch.isDoubtful).to.equal(false)
    expect(watch.look(PORTS, ALL, 1000)).to.include({ proxy: 'down', downMs: 450 })
    watch.probed(unaccepted, 1500)
    expect(watch.look(PORTS, ALL, 1500).proxy).to.equal('down')
    watch.probed(seen, 2000)
    expect(watch.look(PORTS, ALL, 2000)).to.include({ proxy: 'serves', downMs: 0 })
  })

  it('that takes others meanwhile is slow, however many probes it leaves', () => {
    const watch = new ProxyWatch()
    for (let count = 0; count < 10; count += 1) {
      watch.probed({ ...unaccepted, isTaking: true }, count * 1000)
      expect(watch.look(PORTS, ALL, count * 1000).proxy).to.equal('serves')
    }
  })

  it('that fails its livenessProbe is down while it does', () => {
    const watch = new ProxyWatch()
    const said = (['unknown', 'passing', 'failing', 'passing'] as const).map((verdict) => {
      watch.lives({ verdict, detail: 'GET /live: no answer within 1000 ms' })
      const { proxy, why } = watch.look(PORTS, ALL, 0)
      return [proxy, why]
    })
    const why = 'it fails its livenessProbe: GET /live: no answer within 1000 ms'
    expect(said).to.deep.equal([
      ['serves', ''],
      ['serves', ''],
      ['down', why],
      ['serves', ''],
    ])
  })

  it('whose livenessProbe was taken away by an upgrade is judged by the rest', () => {
    const watch = new ProxyWatch()
    watch.lives({ verdict: 'failing', detail: 'status 500' })
    watch.lives(null)
    expect(watch.look(PORTS, ALL, 0).proxy).to.equal('serves')
  })

  it('that is no hot container is known by probes alone', () => {
    const watch = new ProxyWatch()
    expect(watch.look(PORTS, NONE, 0).proxy).to.equal('unknown')
    watch.probed(seen, 0)
    expect(watch.look(PORTS, NONE, 0).proxy).to.equal('serves')
    watch.probed(refused, 0)
    expect(watch.look(PORTS, NONE, 0).proxy).to.equal('down')
    watch.forgetProbes()
    expect(watch.look(PORTS, NONE, 0).proxy).to.equal('unknown')
  })

  it('on other ports is another proxy', () => {
    const watch = new ProxyWatch()
    watch.look(PORTS, ALL, 0)
    expect(watch.look([16_000], ALL, 0).proxy).to.equal('unknown')
  })

  it('has the ports of its addresses', () => {
    expect([...portsOf(['0.0.0.0:15001', '[::]:15006'])]).to.deep.equal([15_001, 15_006])
  })
})
