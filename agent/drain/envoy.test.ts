import { expect } from 'chai'
import { sumActive } from './envoy.ts'

const stats = JSON.stringify({
  stats: [
    { name: 'http.in.downstream_cx_active', value: 9 },
    { name: 'listener.0.0.0.0_8080.downstream_cx_active', value: 3 },
    { name: 'listener.0.0.0.0_8080.worker_0.downstream_cx_active', value: 3 },
    { name: 'listener.[__1]_8081.downstream_cx_active', value: 2 },
    { name: 'listener.admin.downstream_cx_active', value: 1 },
    { name: 'listener.admin.main_thread.downstream_cx_active', value: 1 },
    { histograms: {} },
  ],
})

describe("an Envoy's connections", () => {
  it('are those of its listeners, without the admin and without counting workers again', () => {
    expect(sumActive(stats)).to.equal(5)
  })

  it('are none when it has no listener', () => {
    expect(sumActive('{"stats":[]}')).to.equal(0)
  })

  it('are not guessed from an answer that is none', () => {
    expect(() => sumActive('<html>')).to.throw('stats: expected JSON')
  })
})
