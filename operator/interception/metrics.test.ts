import { expect } from 'chai'
import { createMetrics } from '../../runtime/metrics/metrics.ts'
import { createInterceptionMetrics } from './metrics.ts'
import { summarize } from './summary.ts'

const web = { namespace: 'default', name: 'web' }
const labels = 'namespace="default",trafficinterception="web"'

describe('the metrics of interception', () => {
  it('are there with zeros as soon as an object is known, and go with it', async () => {
    const metrics = createMetrics({})
    const interception = createInterceptionMetrics(metrics)
    interception.look(web, { summary: summarize([], [], []), decisions: [] })
    const text = await metrics.text()
    for (const series of [
      ...['enabled', 'failed', 'bypassed'].map(
        (state) => `baton_interception_pods{${labels},state="${state}"}`,
      ),
      ...['enabled', 'disabled', 'failed'].map(
        (result) => `baton_interception_toggles_total{${labels},result="${result}"}`,
      ),
      ...['Failed', 'Stopped', 'WriteFailed'].map(
        (reason) => `baton_interception_pods_idle{${labels},reason="${reason}"}`,
      ),
      `baton_interception_bypasses_total{${labels}}`,
      `baton_interception_pods_not_injected{${labels}}`,
      `baton_interception_toggle_duration_seconds_count{${labels}}`,
    ]) {
      expect(text).to.include(`${series} 0\n`)
    }
    interception.remove(web)
    expect(await metrics.text()).not.to.include('trafficinterception="web"')
  })

  it('count toggles by their end, dead proxies apart, and time what agents timed', async () => {
    const metrics = createMetrics({})
    const interception = createInterceptionMetrics(metrics)
    interception.recorded(web, 'enabled', 0.4)
    interception.recorded(web, 'failed', undefined)
    interception.recorded(web, 'bypassed', 3)
    const text = await metrics.text()
    expect(text).to.include(`baton_interception_toggles_total{${labels},result="enabled"} 1\n`)
    expect(text).to.include(`baton_interception_toggles_total{${labels},result="failed"} 1\n`)
    expect(text).to.include(`baton_interception_bypasses_total{${labels}} 1\n`)
    expect(text).to.include(`baton_interception_toggle_duration_seconds_sum{${labels}} 0.4\n`)
  })
})
