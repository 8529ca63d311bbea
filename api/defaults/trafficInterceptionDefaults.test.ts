import { expect } from 'chai'
import { defaultInterception } from './trafficInterceptionDefaults.ts'

const selector = { matchLabels: { app: 'shop' } }

describe('the defaults of a TrafficInterception', () => {
  it('intercept everything, for the ports that Istio has, a quarter of the pods at a time', () => {
    const all = { ports: '*', excludePorts: [], includeCIDRs: [], excludeCIDRs: [] }
    expect(defaultInterception({ selector, enabled: true })).to.deep.equal({
      selector,
      enabled: true,
      inbound: { ...all, proxyPort: 15006 },
      outbound: { ...all, proxyPort: 15001 },
      mode: 'Redirect',
      hooks: {},
      drain: { timerSeconds: 15 },
      onProxyFailure: 'Bypass',
      rollout: { partition: 0, maxUnavailable: '25%', paused: false },
    })
  })

  it('complete what a hook and DNS leave out', () => {
    const { hooks, dns } = defaultInterception({
      selector,
      enabled: true,
      dns: {},
      hooks: {
        offline: { dubboQos: {} },
        online: { httpPost: { port: 8080, body: '{}' }, timeoutSeconds: 20, onError: 'Continue' },
        gracefulClose: { httpGet: { port: 8080, path: '/close' } },
      },
    })
    expect(dns).to.deep.equal({ proxyPort: 15053 })
    expect(hooks).to.deep.equal({
      offline: {
        dubboQos: { port: 22222 },
        timeoutSeconds: 5,
        waitSeconds: 5,
        onError: 'Abort',
      },
      online: {
        httpPost: { path: '/', port: 8080, body: '{}' },
        timeoutSeconds: 20,
        waitSeconds: 0,
        onError: 'Continue',
      },
      gracefulClose: {
        httpGet: { path: '/close', port: 8080 },
        timeoutSeconds: 5,
        waitSeconds: 0,
        onError: 'Abort',
      },
    })
  })

  it('change nothing the second time, and nothing that was given', () => {
    const given = {
      selector,
      enabled: false,
      inbound: { ports: [], proxyPort: 1 },
      rollout: { partition: 3, paused: true },
    }
    const once = defaultInterception(given)
    expect(once.inbound.ports).to.deep.equal([])
    expect(once.rollout).to.deep.equal({ partition: 3, maxUnavailable: '25%', paused: true })
    expect(defaultInterception(once)).to.deep.equal(once)
  })
})
