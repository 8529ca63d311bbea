import { expect } from 'chai'
import { byProtocol } from './envoy.ts'

const stats = JSON.stringify({
  stats: [
    { name: 'http.in.downstream_cx_active', value: 4 },
    { name: 'http.in.downstream_cx_http1_active', value: 2 },
    { name: 'http.in.downstream_cx_http2_active', value: 1 },
    { name: 'http.other.downstream_cx_active', value: 1 },
    { name: 'http.other.downstream_cx_http3_active', value: 1 },
    { name: 'http.admin.downstream_cx_active', value: 1 },
    { name: 'http.admin.downstream_cx_http1_active', value: 1 },
    { name: 'listener.0.0.0.0_8080.downstream_cx_active', value: 5 },
    { name: 'listener.0.0.0.0_8080.worker_0.downstream_cx_active', value: 5 },
    { name: 'listener.[__1]_8081.downstream_cx_active', value: 3 },
    { name: 'listener.admin.downstream_cx_active', value: 1 },
    { name: 'listener.admin.main_thread.downstream_cx_active', value: 1 },
    { histograms: {} },
  ],
})

describe("an Envoy's connections", () => {
  it('are those of its listeners, without the admin and without counting workers again', () => {
    expect(byProtocol(stats)).to.deep.equal({ http1: 2, http2: 1, http3: 1, http: 1, tcp: 3 })
  })

  it('are none when it has no listener', () => {
    const none = { http1: 0, http2: 0, http3: 0, http: 0, tcp: 0 }
    expect(byProtocol('{"stats":[]}')).to.deep.equal(none)
  })

  it('are not guessed from an answer that is none', () => {
    expect(() => byProtocol('<html>')).to.throw('stats: expected JSON')
  })
})
